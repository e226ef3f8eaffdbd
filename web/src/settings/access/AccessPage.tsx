import { Page } from '../../parts/Page.tsx';

export function AccessPage() {
  return <Page title="Access">{null}</Page>;
}
