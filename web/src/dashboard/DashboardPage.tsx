import { Page } from '../parts/Page.tsx';

export function DashboardPage() {
  return <Page title="Dashboard">{null}</Page>;
}
