import { Page } from '../parts/Page.tsx';

export function OrganizationPage() {
  return <Page title="Organization">{null}</Page>;
}
