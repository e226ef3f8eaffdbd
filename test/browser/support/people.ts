/** People who are signed in for real: made once per role and app, by invitation; pages share their session. */
import type { Browser, BrowserContext, Locator, Page } from '@playwright/test';
import type { Api } from '../../harness/connection.ts';

export type Role = 'viewer' | 'operator' | 'admin';

/** Good enough for all people of tests. */
export const password = 'seven quiet herons wade';

export const emailOf = (role: Role): string => `${role}@msp.example`;

type Cookies = Awaited<ReturnType<BrowserContext['cookies']>>;

/** Hands out the cookies of a person with a role. */
export function createPeople(browser: Browser, url: string, api: Api): (role: Role) => Promise<Cookies> {
  const known = new Map<Role, Promise<Cookies>>();
  return (role) => {
    const cookies = known.get(role) ?? join(browser, url, api, role);
    known.set(role, cookies);
    return cookies;
  };
}

/** Invites a person, accepts the invitation as they would, and keeps what the browser was given. */
async function join(browser: Browser, url: string, api: Api, role: Role): Promise<Cookies> {
  const { link } = await api<{ link: string }>('POST', '/invitations', { email: emailOf(role), role });
  const token = link.slice(link.lastIndexOf('/') + 1);
  const context = await browser.newContext();
  const answer = await context.request.post(`${url}/api/invitations/${token}`, {
    headers: { origin: new URL(url).origin },
    data: { name: role === 'admin' ? 'Administrator' : role, password },
  });
  if (!answer.ok()) throw new Error(`the ${role} was not let in: ${answer.status()} ${await answer.text()}`);
  const cookies = await context.cookies();
  await context.close();
  return cookies;
}

/** Fills the sign-in page and sends it. */
export async function signIn(page: Page, email: string, secret = password): Promise<void> {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(secret);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** Where one is after signing in. */
export const dashboard = (page: Page): Locator => page.getByRole('heading', { level: 1, name: 'Dashboard' });
