/** What would happen to an alert of an organization right now, for each severity, in words; decides as acceptance does. Pure. */
import { type Alert, type Severity, severities } from '../alerts/types.ts';
import { addressKey, type MailScope, planMail, recheckMail } from './mail.ts';
import { judge } from './switches.ts';
import { ticketTarget } from './ticketTarget.ts';
import type { Connection, Organization, Settings } from './types.ts';

export interface Outlook {
  severity: Severity;
  ticket: TicketOutlook;
  mail: MailOutlook;
}

/** `goes`: a ticket is made. `held`: it waits until a person acts. `none`: there is none, and `words` say why. */
export interface TicketOutlook {
  kind: 'goes' | 'held' | 'none';
  words: string;
  connectionId?: string;
  accountId?: string;
}

export interface MailOutlook {
  kind: 'goes' | 'held' | 'none';
  words: string;
  /** Those it goes to. */
  recipients: { address: string; scope: MailScope }[];
  /** Those that should have it and do not, because their addresses were refused again and again. */
  stopped: string[];
}

/**
 * Most severe first.
 * @param stopped keys of addresses to which no mail goes any more; not in the settings, because nobody sets them
 */
export function outlookOf(
  organization: Organization,
  settings: Settings,
  stopped: ReadonlySet<string>,
): Outlook[] {
  return severities.toReversed().map((severity) => ({
    severity,
    ticket: ticketOutlook(organization, severity, settings),
    mail: mailOutlook(organization, severity, settings, stopped),
  }));
}

/** Keys of all addresses that can be mailed about an organization. */
export const addressesOf = (organization: Organization, { mail }: Settings): string[] =>
  [...(mail?.recipients ?? []), ...(organization.recipients ?? [])].map(({ address }) => addressKey(address));

function ticketOutlook(organization: Organization, severity: Severity, settings: Settings): TicketOutlook {
  const { connection, words } = ticketTarget(organization, settings);
  if (!connection) return { kind: 'none', words };
  const verdict = judge(organization, connection, severity, settings);
  if (verdict.kind === 'skipped') return { kind: 'none', words: verdict.words, connectionId: connection.id };
  const { accountId, inWords } = accountOf(organization, connection);
  const where = { connectionId: connection.id, accountId };
  if (verdict.kind === 'held')
    return { kind: 'held', words: `${verdict.words} Then: a ticket for ${inWords}.`, ...where };
  return { kind: 'goes', words: `A ticket in ${connection.name}, for ${inWords}.`, ...where };
}

function accountOf({ id }: Organization, { mappings, accounts, accountNames }: Connection) {
  const mapped = mappings.get(id)?.accountId;
  const accountId = mapped ?? accounts.catchAllAccountId;
  const name = accountNames.get(accountId) ?? accountId;
  return { accountId, inWords: mapped === undefined ? `the catch-all account ${name}` : `account ${name}` };
}

function mailOutlook(
  organization: Organization,
  severity: Severity,
  settings: Settings,
  stoppedKeys: ReadonlySet<string>,
): MailOutlook {
  if (!settings.mail) return noMail('No e-mail: it is not set up.');
  const { deliveries, trace } = planMail(exampleOf(severity), organization, settings);
  const wanted = deliveries.flatMap(({ target }) => {
    if (target === undefined) return [];
    const found = recheckMail({ target, organizationId: organization.id, isWayOut: false }, settings);
    return found.kind === 'go' ? [{ address: found.address, scope: found.scope }] : [];
  });
  if (wanted.length === 0) {
    return noMail(deliveries.flatMap((delivery) => delivery.trace).at(0) ?? trace.at(0) ?? 'No e-mail.');
  }
  const isStopped = ({ address }: { address: string }) => stoppedKeys.has(addressKey(address));
  const recipients = wanted.filter((one) => !isStopped(one));
  const stopped = wanted.filter(isStopped).map(({ address }) => address);
  if (recipients.length === 0) return noMail(sayStopped(stopped), stopped);
  const to = stopped.length === 0 ? sayTo(recipients) : `${sayTo(recipients)} ${sayStopped(stopped)}`;
  const { attention } = settings.mail;
  if (attention !== undefined) {
    const words = `Held: the mail servers need a person: ${attention} Then: ${to}`;
    return { kind: 'held', words, recipients, stopped };
  }
  return { kind: 'goes', words: to, recipients, stopped };
}

const noMail = (words: string, stopped: string[] = []): MailOutlook => ({
  kind: 'none',
  words,
  recipients: [],
  stopped,
});

/** So many addresses are named. */
const mostNamed = 5;

function sayTo(recipients: MailOutlook['recipients']): string {
  const parts = (['organization', 'global'] as const).flatMap((scope) => {
    const own = recipients.filter((one) => one.scope === scope).map(({ address }) => address);
    if (own.length === 0) return [];
    const format = scope === 'organization' ? 'in the format of the organization' : 'in the global format';
    return [`${nameSome(own)} (${format})`];
  });
  return `E-mail to ${parts.join('; ')}.`;
}

function sayStopped(addresses: readonly string[]): string {
  const were = addresses.length === 1 ? 'it was' : 'they were';
  return `No mail goes to ${nameSome(addresses)} any more: ${were} refused again and again.`;
}

function nameSome(addresses: readonly string[]): string {
  const rest = addresses.length - mostNamed;
  return addresses.slice(0, mostNamed).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

/** Who gets mail depends on its severity alone. */
const exampleOf = (severity: Severity): Alert => ({
  source: 'herald',
  externalId: 'outlook',
  title: 'Outlook',
  severity,
  originalSeverity: severity,
  flags: [],
});
