import { Page } from '../parts/Page.tsx';

export function UnassignedPage() {
  return <Page title="Unassigned">{null}</Page>;
}
