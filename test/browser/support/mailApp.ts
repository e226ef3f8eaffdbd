/** The product with a mail server on this machine and the organization "Northwind", for tests about e-mail. */
import { expect, type Page } from '@playwright/test';
import { type App, type AppOptions, openApp } from './app.ts';
import { type Mailbox, openMailbox } from './mailbox.ts';
import { setUpMail } from './mailFilled.ts';

export interface MailApp {
  app: App;
  mailbox: Mailbox;
  organizationId: string;
  /** The page of its settings. */
  organizationPage: string;
  /** A page that is there. */
  open(address: string, options?: Parameters<App['page']>[0]): Promise<Page>;
  /** Waits until so many mails have come for an address. */
  arrives(address: string, count: number): Promise<void>;
  /** The state of each mail of an alert by its address. */
  mailsOf(alertId: string): Promise<Record<string, string>>;
  close(): Promise<void>;
}

interface MailAppOptions extends Pick<AppOptions, 'settleSeconds'> {
  /** Mail leaves from the beginning; else the workspace has no e-mail yet. */
  isSetUp: boolean;
}

const mostWait = { timeout: 20_000 };

export async function openMailApp({ isSetUp, ...options }: MailAppOptions): Promise<MailApp> {
  const app = await openApp(options);
  const mailbox = await openMailbox();
  const northwind = { name: 'Northwind', externalRefs: ['org-17'] };
  const { id } = await app.api<{ id: string }>('POST', '/organizations', northwind);
  if (isSetUp) await setUpMail(app, mailbox);
  return {
    app,
    mailbox,
    organizationId: id,
    organizationPage: `/organizations/${id}?tab=settings`,
    async open(address, pageOptions = {}) {
      const page = await app.page(pageOptions);
      await page.goto(address);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      return page;
    },
    arrives: (address, count) => expect.poll(() => mailbox.to(address).length, mostWait).toBe(count),
    async mailsOf(alertId) {
      const { deliveries } = await app.api<Alert>('GET', `/alerts/${alertId}`);
      return Object.fromEntries(deliveries.map(({ address, state }) => [address, state]));
    },
    async close() {
      await app.close();
      await mailbox.close();
    },
  };
}

interface Alert {
  deliveries: { address: string | null; state: string }[];
}

/** Types an address into the form that adds a recipient, and leaves the form open. */
export async function typeRecipient(page: Page, address: string) {
  await page.getByRole('button', { name: '+ Add Email' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add an e-mail address' });
  await dialog.getByRole('textbox', { name: 'E-mail address' }).fill(address);
  return dialog;
}
