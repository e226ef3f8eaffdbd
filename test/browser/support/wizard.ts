/** The wizard over a simulated PSA whose companies are known: drafts, its steps, and what is stored of them. */
import { expect, type Locator, type Page } from '@playwright/test';
import { simulatorCredentials } from '../../support/steps.ts';
import { type App, openApp, type PageOptions } from './app.ts';

export const odd = '<b>שלום</b> 🦊 & Söhne';

/** Company 0 has a contact; of these, one has none. */
const sample = [
  {
    id: 501,
    companyName: 'Northwind Dental',
    contacts: [
      { id: 31_001, firstName: 'Ana', lastName: 'Lima', emailAddress: 'ana@northwind.example' },
      {
        id: 31_002,
        firstName: 'Pia',
        lastName: 'Primary',
        emailAddress: 'pia@northwind.example',
        primaryContact: true,
      },
    ],
  },
  { id: 502, companyName: 'Nobody There LLC', contacts: [] },
  { id: 503, companyName: odd, contacts: [] },
  { id: 504, companyName: 'Contoso Limited', contacts: [] },
];

const names = ['Northwind Dental', 'Lonely Law', odd, 'Contoso'];

export interface Wizard {
  app: App;
  /** A draft whose credentials are right and whose accounts are loaded. */
  draft(): Promise<string>;
  open(id: string, step: 'accounts' | 'tickets', options?: PageOptions): Promise<Page>;
  /** Account by name of the organization. */
  storedMappings(id: string): Promise<Record<string, string>>;
}

/** An app with four organizations and an alert; close its `app`. */
export async function openWizard(): Promise<Wizard> {
  const app = await openApp({ simulator: { sample, companies: 30 } });
  for (const name of names) await app.api('POST', '/organizations', { name, externalRefs: [name] });
  await app.api('POST', '/alerts', {
    source: 'tests',
    externalId: 'a-1',
    title: `Sign-in from elsewhere ${odd}`,
    severity: 'high',
    eventType: 'iam.outside_location',
    organization: { externalId: 'Northwind Dental' },
    user: { email: 'ana@northwind.example' },
  });
  return {
    app,
    async draft() {
      const { id } = await app.api<{ id: string }>('POST', '/psa/connections', { kind: 'autotask' });
      await app.api('PUT', `/psa/connections/${id}/steps/credentials`, simulatorCredentials);
      const state = async () =>
        (await app.api<{ directory: { state: string } }>('GET', `/psa/connections/${id}`)).directory.state;
      await expect.poll(state, { timeout: 30_000 }).toBe('ready');
      return id;
    },
    async open(id, step, options = {}) {
      const page = await app.page(options);
      await page.goto(`/settings/psa/${id}?step=${step}`);
      await expect(page.getByRole('heading', { level: 2 }).first()).toBeVisible();
      return page;
    },
    async storedMappings(id) {
      const { mappings } = await app.api<{
        mappings: { organizationName: string; accountId: string }[];
      }>('GET', `/psa/connections/${id}/mappings`);
      return Object.fromEntries(mappings.map((one) => [one.organizationName, one.accountId]));
    },
  };
}

export const rowOf = (page: Page, name: string): Locator => page.getByRole('row').filter({ hasText: name });

/** What one types into; a list that belongs to it has the same name. */
export const input = (of: Page | Locator, name: string): Locator =>
  of.getByLabel(new RegExp(`^${RegExp.escape(name)}( \\*)?$`)).and(of.locator('input,textarea'));
