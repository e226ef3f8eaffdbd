/**
 * Who gets a mail about an alert, and why (req 15–25, decisions 1, 15, 22). The mail of a workspace is one channel, whose
 * id is that of the workspace; each delivery owes one address. Pure.
 */

import { hash } from 'node:crypto';
import type { Alert, Severity } from '../alerts/types.ts';
import type { TemplateScope } from '../templates/index.ts';
import { groupAlert } from './grouping.ts';
import { templateScope } from './scope.ts';
import { skipped, type Verdict } from './switches.ts';
import { ticketTarget } from './ticketTarget.ts';
import type { MailSettings, Organization, PlannedDelivery, Recipient, Settings } from './types.ts';

/** Whose subject format a mail has: an address in both lists gets that of the organization (decision 15). */
export type MailScope = 'organization' | 'global';

/** An address in the form in which two of them are compared: letter case does not count. */
export const addressKey = (address: string): string => address.toLowerCase();

/** What one alert owes by mail, and what is said of it once. */
export interface MailPlan {
  deliveries: PlannedDelivery[];
  trace: string[];
}

/** One delivery for each address that is to be told; a skipped one when the switches or severities leave none. */
export function planMail(alert: Alert, organization: Organization | undefined, settings: Settings): MailPlan {
  const { mail, workspaceId: channelId } = settings;
  if (!mail) return { deliveries: [], trace: [] };
  const listed = recipientsOf(organization, mail);
  if (listed.size === 0) return { deliveries: [], trace: ['No e-mail: there is no recipient.'] };
  const off = judgeSwitches(organization, settings);
  if (off) return { deliveries: [mailSkip(channelId, off)], trace: [] };
  const wanted = [...listed.values()].filter(({ severities }) => severities.has(alert.severity));
  if (wanted.length === 0) {
    const words = `No e-mail: no recipient is to get alerts of severity ${alert.severity}.`;
    return { deliveries: [mailSkip(channelId, skipped('noMailForSeverity', words))], trace: [] };
  }
  const deliveries = wanted.map((one) => owed(one, organization, channelId));
  const left = listed.size - wanted.length;
  const trace = left > 0 ? [`E-mail: ${inWords(left)} not to get alerts of severity ${alert.severity}.`] : [];
  return {
    deliveries: mail.attention === undefined ? deliveries : deliveries.map(held(mail.attention)),
    trace,
  };
}

/** The way out (promises P4): the global recipients are told of a critical alert that its PSA does not take. */
export function planWayOut(organization: Organization | undefined, settings: Settings): readonly string[] {
  if (!settings.mail || judgeSwitches(organization, settings)) return [];
  return settings.mail.recipients.map(({ address }) => addressKey(address));
}

/** A mail that is owed, as it was bound at acceptance. */
export interface BoundMail {
  /** {@link addressKey} of the address. */
  target: string;
  organizationId?: string | undefined;
  isWayOut: boolean;
  /** Of a way out: the PSA has taken the alert meanwhile, or a person has decided that it shall not get it. */
  isOver?: boolean;
}

/** Whether it may still go, and in whose format (design §3: re-read at claim). A skip is final. */
export function recheckMail(
  { target, organizationId, isWayOut, isOver }: BoundMail,
  settings: Settings,
): { kind: 'go'; address: string; scope: MailScope } | Extract<Verdict, { kind: 'skipped' }> {
  const organization = organizationId === undefined ? undefined : settings.organizations.get(organizationId);
  const off = judgeSwitches(organization, settings);
  if (off?.kind === 'skipped') return off;
  if (isOver) {
    const words = 'No e-mail: before it could leave, the ticket was no longer pending.';
    return { kind: 'skipped', reason: 'ticketNotPending', words };
  }
  const { mail } = settings;
  const own = mail && !isWayOut ? addressIn(organization?.recipients, target) : undefined;
  if (own !== undefined) return { kind: 'go', address: own, scope: 'organization' };
  const address = addressIn(mail?.recipients, target);
  if (address !== undefined) return { kind: 'go', address, scope: 'global' };
  return { kind: 'skipped', reason: 'recipientRemoved', words: 'No e-mail: this recipient was removed.' };
}

/** Addresses of a list by their keys: a list never changes, and is asked once for each alert of a digest. */
const byKey = new WeakMap<readonly Recipient[], ReadonlyMap<string, string>>();

function addressIn(list: readonly Recipient[] | undefined, key: string): string | undefined {
  if (!list) return undefined;
  const known = byKey.get(list) ?? new Map(list.map(({ address }) => [addressKey(address), address]));
  byKey.set(list, known);
  return known.get(key);
}

/** What a mail about one alert is made of, beside the alert. */
export interface MailResolution {
  /** The subject's template, and what it sees. */
  subject: string;
  seen: TemplateScope;
  /** The same for alerts that share a ticket: their mails are one thread. */
  threadKey: string;
}

/** Decided at claim, by the settings of now; `unassignedReference` stands in for an unknown organization. */
export function resolveMail(
  alert: Alert,
  of: { organizationId: string | undefined; unassignedReference: string | undefined },
  scope: MailScope,
  settings: Settings,
): MailResolution {
  const organization =
    of.organizationId === undefined ? undefined : settings.organizations.get(of.organizationId);
  const seen = templateScope(alert, organization);
  const subject =
    scope === 'organization' ? settings.mail?.organizationSubject : settings.mail?.globalSubject;
  // Without a PSA nothing shares a ticket: then the mail's own subject says what belongs together.
  const groupedBy = ticketTarget(organization, settings).connection?.tickets.subject ?? subject ?? '';
  const { key, organizationKey } = groupAlert(groupedBy, seen, organization?.id ?? of.unassignedReference);
  return {
    subject: subject ?? '',
    seen,
    threadKey: hash('sha256', `${organizationKey};${Buffer.from(key).toString('hex')}`),
  };
}

/** Why somebody gets a mail, as its last lines say. */
export function whyInWords(scope: MailScope, organizationName: string): string {
  return scope === 'organization'
    ? `You get this mail because your address is a recipient of ${organizationName} in Herald.`
    : 'You get this mail because your address is a global recipient in Herald.';
}

interface Listed {
  address: string;
  scope: MailScope;
  isInBoth: boolean;
  severities: ReadonlySet<Severity> | { has(severity: Severity): true };
}

const all = { has: (): true => true };

/** Each address once, by its key; one that is in both lists gets what either list wants of it. */
function recipientsOf(organization: Organization | undefined, mail: MailSettings): Map<string, Listed> {
  const listed = new Map<string, Listed>();
  for (const one of mail.recipients) listed.set(addressKey(one.address), entryOf(one, 'global'));
  for (const one of organization?.recipients ?? []) {
    const key = addressKey(one.address);
    const before = listed.get(key);
    const entry = entryOf(one, 'organization');
    listed.set(key, before ? { ...entry, isInBoth: true, severities: either(before, entry) } : entry);
  }
  return listed;
}

const entryOf = ({ address, severities }: Recipient, scope: MailScope): Listed => ({
  address,
  scope,
  isInBoth: false,
  severities: severities ? new Set(severities) : all,
});

function either(one: Listed, other: Listed): Listed['severities'] {
  if (!(one.severities instanceof Set) || !(other.severities instanceof Set)) return all;
  return new Set([...one.severities, ...other.severities]);
}

function judgeSwitches(organization: Organization | undefined, settings: Settings): Verdict | undefined {
  const { enabled, email } = organization?.delivery ?? settings.workspace.newOrganizations;
  const whose = organization?.name ?? 'new and unassigned organizations';
  if (!enabled) return skipped('organizationOff', `No e-mail: PSA & email is off for ${whose}.`);
  if (!email) return skipped('emailOff', `No e-mail: e-mail is off for ${whose}.`);
  return undefined;
}

function owed(
  { address, scope, isInBoth }: Listed,
  organization: Organization | undefined,
  channelId: string,
) {
  const list = scope === 'organization' ? `a recipient of ${organization?.name}` : 'a global recipient';
  const both = isInBoth
    ? ' It is a global recipient too and gets one mail, in the format of the organization.'
    : '';
  const trace = [`E-mail to ${address}, ${list}.${both}`];
  return { channelId, target: addressKey(address), state: 'pending', trace } satisfies PlannedDelivery;
}

const held =
  (attention: string) =>
  (delivery: PlannedDelivery): PlannedDelivery => ({
    ...delivery,
    state: 'held',
    reason: 'credentials',
    trace: [...delivery.trace, `Held: the mail servers need a person: ${attention}`],
  });

function mailSkip(channelId: string, verdict: Verdict): PlannedDelivery {
  if (verdict.kind !== 'skipped') throw new Error('only a skip stands for all recipients');
  return { channelId, state: 'skipped', reason: verdict.reason, trace: [verdict.words] };
}

const inWords = (count: number): string => (count === 1 ? '1 recipient is' : `${count} recipients are`);
