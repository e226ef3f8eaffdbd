/** Every page that there is, and a workspace in which each has something to show. */
import type { App } from './app.ts';
import { type Filled, fill } from './filled.ts';
import type { Mailbox } from './mailbox.ts';
import { fillMail } from './mailFilled.ts';

/** A page to open. */
export interface Place {
  name: string;
  /** The route, as web/src declares it. */
  route: string;
  address(there: There): string;
  /** For people who are not signed in; others are led away. */
  isOutside?: boolean;
}

/** What there is to open, and the links that lead in. */
export interface There extends Filled {
  firstLink: string;
  invitationLink: string;
  mailedAlertId: string;
}

const plain = (name: string, route: string, search = ''): Place => ({
  name,
  route,
  address: () => route + search,
});
const wizard = (step: string): Place => ({
  name: `wizard-${step}`,
  route: '/settings/psa/$connectionId',
  address: ({ connectionId }) => `/settings/psa/${connectionId}?step=${step}`,
});
const organization = (name: string, search: string): Place => ({
  name,
  route: '/organizations/$organizationId',
  address: ({ organizationId }) => `/organizations/${organizationId}${search}`,
});

/** Every page, and those of its states that look quite different. */
export const places: readonly Place[] = [
  { ...plain('sign-in', '/sign-in'), isOutside: true },
  {
    name: 'first-administrator',
    route: '/first-administrator/$token',
    address: ({ firstLink }) => firstLink,
    isOutside: true,
  },
  {
    name: 'invitation',
    route: '/invitations/$token',
    address: ({ invitationLink }) => invitationLink,
    isOutside: true,
  },
  { ...plain('invitation-gone', '/invitations/$token'), isOutside: true },
  plain('dashboard', '/'),
  plain('alerts', '/alerts'),
  plain('alerts-failed', '/alerts', '?state=failed'),
  { name: 'alert', route: '/alerts/$alertId', address: ({ alertId }) => `/alerts/${alertId}` },
  {
    name: 'alert-mailed',
    route: '/alerts/$alertId',
    address: ({ mailedAlertId }) => `/alerts/${mailedAlertId}`,
  },
  plain('deliveries', '/deliveries'),
  plain('deliveries-held', '/deliveries', '?state=held'),
  plain('organizations', '/organizations'),
  plain('organizations-add', '/organizations', '?add=yes'),
  plain('organizations-unassigned', '/organizations/unassigned'),
  plain('organizations-import', '/organizations/import'),
  organization('organization', ''),
  organization('organization-settings', '?tab=settings'),
  plain('psa', '/settings/psa'),
  plain('email-add', '/settings/psa', '?recipient=new'),
  ...['content', 'servers', 'test'].map((tab) => plain(`email-${tab}`, '/settings/psa', `?email=${tab}`)),
  plain('recipients', '/settings/psa/recipients'),
  plain('recipients-import', '/settings/psa/recipients/import'),
  plain('reviews', '/settings/reviews'),
  plain('psa-add', '/settings/psa/add'),
  ...['credentials', 'accounts', 'tickets', 'contracts', 'finish'].map(wizard),
  {
    name: 'wizard-new',
    route: '/settings/psa/$connectionId',
    address: ({ draftId }) => `/settings/psa/${draftId}?step=credentials`,
  },
  plain('access-people', '/settings/access'),
  plain('access-keys', '/settings/access', '?tab=keys'),
  plain('access-sign-on', '/settings/access', '?tab=sign-on'),
  plain('workspace', '/settings/workspace'),
  plain('profile', '/settings/profile'),
  plain('audit', '/audit'),
];

/** A workspace with something of everything, mails included. */
export async function fillAll(app: App, mailbox: Mailbox): Promise<There> {
  const filled = await fill(app);
  const [invited, provider] = [
    { email: 'ben@msp.example', role: 'operator' },
    { name: 'Company directory', issuer: 'https://id.msp.example', clientId: 'herald', clientSecret: 'x' },
  ];
  const { link } = await app.api<{ link: string }>('POST', '/invitations', invited);
  await app.api('POST', '/single-sign-on', provider);
  const mailedAlertId = await fillMail(app, mailbox, filled.organizationId);
  return { ...filled, firstLink: app.firstLink ?? '', invitationLink: link, mailedAlertId };
}
