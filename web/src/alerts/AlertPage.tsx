import { Page } from '../parts/Page.tsx';

export function AlertPage() {
  return <Page title="Alert">{null}</Page>;
}
