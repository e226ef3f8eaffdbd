import { Page } from '../../parts/Page.tsx';

export function WizardPage() {
  return <Page title="Wizard">{null}</Page>;
}
