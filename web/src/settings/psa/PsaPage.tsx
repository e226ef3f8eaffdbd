import { Page } from '../../parts/Page.tsx';

export function PsaPage() {
  return <Page title="Psa">{null}</Page>;
}
