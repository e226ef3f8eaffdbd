import { Page } from '../../parts/Page.tsx';

export function AddPsaPage() {
  return <Page title="AddPsa">{null}</Page>;
}
