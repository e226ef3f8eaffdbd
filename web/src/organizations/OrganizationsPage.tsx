import { Page } from '../parts/Page.tsx';

export function OrganizationsPage() {
  return <Page title="Organizations">{null}</Page>;
}
