import { Page } from '../parts/Page.tsx';

export function ImportPage() {
  return <Page title="Import">{null}</Page>;
}
