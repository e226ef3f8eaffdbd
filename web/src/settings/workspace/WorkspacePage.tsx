import { Page } from '../../parts/Page.tsx';

export function WorkspacePage() {
  return <Page title="Workspace">{null}</Page>;
}
