/** E-mail with something of everything to look at: recipients of both kinds, one whose address is refused, reviews that are due. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from './app.ts';
import type { Mailbox } from './mailbox.ts';

/** Mail leaves by this server from now on. */
export async function setUpMail({ api }: Pick<App, 'api'>, { port }: Pick<Mailbox, 'port'>): Promise<void> {
  const servers = [{ host: '127.0.0.1', port, security: 'none' }];
  await api('PUT', '/email/settings', { servers, fromAddress: 'herald@msp.example' });
}

interface Items {
  items: { id: string; state: string }[];
}

/** So many refusals in a row stop an address. */
const refusalsToStop = 5;

/** Answers the alert whose mails tell the most. */
export async function fillMail(
  app: Pick<App, 'api'>,
  mailbox: Mailbox,
  organizationId: string,
): Promise<string> {
  const { api } = app;
  await setUpMail(app, mailbox);
  const gone = 'desk@former-partner.example';
  mailbox.refused.add(gone);
  const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  const recipients = [
    {
      address: 'soc@msp.example',
      note: 'The service desk reads every alert.',
      owner: 'Ana Lima',
      reviewOn: day(90),
    },
    {
      address: gone,
      severities: ['critical'],
      note: 'Asked for in the contract of 2024.',
      owner: 'Ben',
      reviewOn: day(-3),
    },
    { address: 'on-call@msp.example', severities: ['high', 'critical'], owner: 'Ben', reviewOn: day(20) },
  ];
  for (const recipient of recipients) await api('POST', '/email/recipients', recipient);
  await api('POST', `/organizations/${organizationId}/recipients`, {
    address: 'it@northwind.example',
    severities: ['medium', 'critical'],
    note: 'Their own administrator.',
  });
  for (let n = 1; n <= refusalsToStop + 1; n += 1) {
    await sendCritical(app, n);
    await settled(app);
  }
  const { items } = await api<Items>('GET', '/alerts?limit=1');
  return items[0]?.id ?? '';
}

const sendCritical = ({ api }: Pick<App, 'api'>, n: number) =>
  api('POST', '/alerts', {
    source: 'edr',
    externalId: `mailed-${n}`,
    title: `Sign-in with a stolen session, ${n} of 6`,
    severity: 'critical',
    organization: { externalId: 'org-17' },
    user: { email: 'ana@northwind.example', name: 'Ana Lima' },
    rule: { kind: 'respond', id: 'R-17', name: 'Stolen session' },
    events: [
      { type: 'signIn', at: '2026-11-20T01:32:11Z', summary: 'Sign-in from Lisbon' },
      { type: 'signIn', at: '2026-11-20T02:14:05Z', summary: 'The same session from another continent' },
    ],
  });

const mostWaitMs = 20_000;

async function settled({ api }: Pick<App, 'api'>): Promise<void> {
  const until = Date.now() + mostWaitMs;
  for (const state of ['pending', 'sending']) {
    while ((await api<Items>('GET', `/deliveries?limit=1&state=${state}`)).items.length > 0) {
      if (Date.now() > until) return;
      await sleep(100);
    }
  }
}
