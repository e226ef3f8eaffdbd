/** The content of a write: resolved by the settings of now, composed for people, cut to the adapter's limits. */
import { severities } from '../alerts/types.ts';
import {
  composeDigest,
  composeGatheringTicket,
  composeNote,
  composeTicket,
  noteKey,
  resolve,
} from '../plan/index.ts';
import type { ContactChoice, Resolution, Settings } from '../plan/types.ts';
import { truncate } from '../templates/index.ts';
import type { Channel } from './channel.ts';
import type { ReadyGroup, Waiting } from './claim.ts';
import type { Content } from './round.ts';

export interface Composed {
  kind: 'content';
  content: Content;
  /** Where it goes and why, in words. */
  trace: string[];
}

interface Ingredients {
  group: ReadyGroup;
  channel: Channel;
  deliveries: readonly Waiting[];
  marker: string;
  seq: number;
  startsTicket: boolean;
  /** The ticket before, if this one follows it. */
  continues: string | undefined;
  /** Database time in milliseconds. */
  now: number;
}

/** The account's contacts, or the one with this address, have to be read first. */
export interface NeedsContacts {
  kind: 'needsContacts';
  accountId: string;
  email: string | undefined;
}

/** `needsContacts` when the account's contacts have to be read first. */
export function composeWrite(
  ingredients: Ingredients,
  baseUrl: string,
  settings: Settings,
): Composed | NeedsContacts {
  const { deliveries, startsTicket, group } = ingredients;
  // A ticket that gathers is as urgent as the worst alert in it.
  const first = startsTicket && group.gathers ? worstOf(deliveries) : (deliveries[0] as Waiting);
  const connection = settings.connections.get(first.channelId);
  if (!connection) throw new Error('its connection is no longer configured');
  const resolution = resolve(
    first.alert,
    first.organizationId,
    first.unassignedReference,
    connection,
    settings,
  );
  return startsTicket
    ? ticketOf(ingredients, first, resolution, baseUrl)
    : noteOf(ingredients, first, resolution, baseUrl);
}

const worstOf = (deliveries: readonly Waiting[]): Waiting =>
  deliveries.reduce((worst, next) =>
    severities.indexOf(next.alert.severity) > severities.indexOf(worst.alert.severity) ? next : worst,
  );

function ticketOf(
  ingredients: Ingredients,
  first: Waiting,
  resolution: Resolution,
  baseUrl: string,
): Composed | NeedsContacts {
  const { channel, marker, group, now } = ingredients;
  const accountId = first.directed?.accountId ?? resolution.accountId;
  const choice = contactFor(first, group, resolution);
  const contact = first.without.includes('contact')
    ? { kind: 'none' as const, words: 'The PSA refused the contact that was chosen.' }
    : channel.contacts.pick(accountId, choice, now);
  if (contact.kind === 'unknown') {
    return { kind: 'needsContacts', accountId, email: choice.kind === 'find' ? choice.email : undefined };
  }
  const noContact = contact.kind === 'none' ? contact.words : undefined;
  const { title, description } = ticketText(ingredients, first, resolution, baseUrl, noContact);
  const draft = {
    key: marker,
    accountId,
    contactId: contact.kind === 'contact' ? contact.contactId : undefined,
    contractId: first.without.includes('contract') ? undefined : resolution.contractId,
    title: first.directed ? truncate(`[TEST] ${title}`, channel.adapter.limits.text.title) : title,
    description,
    priority: resolution.priority,
    dueAt: new Date(now + resolution.dueHours * 3_600_000),
    values: withoutRefused(resolution.values, first.without),
  };
  const trace = [...resolution.trace];
  if (group.gathers) trace.unshift(`${ingredients.deliveries.length} alerts in one ticket: ${gatheredWords}`);
  if ('words' in contact && contact.words) trace.push(contact.words);
  return { kind: 'content', content: { kind: 'ticket', draft }, trace };
}

const gatheredWords = 'their organization opened as many tickets of its own as its brake allows.';

/** Many people's alerts belong to none of them: such a ticket goes to the account's own contact. */
function contactFor({ directed }: Waiting, { gathers }: ReadyGroup, { contact }: Resolution): ContactChoice {
  if (contact.kind === 'none') return contact;
  if (directed) return { kind: 'find', fallbackContactId: directed.contactId };
  return gathers ? { kind: 'find', fallbackContactId: contact.fallbackContactId } : contact;
}

function ticketText(
  { channel, marker: key, deliveries, continues, group }: Ingredients,
  first: Waiting,
  resolution: Resolution,
  baseUrl: string,
  noContact: string | undefined,
): { title: string; description: string } {
  const limits = channel.adapter.limits.text;
  if (!group.gathers) {
    const link = alertLink(baseUrl, first);
    return composeTicket({ alert: first.alert, resolution, key, link, limits, continues, noContact });
  }
  return composeGatheringTicket({
    items: deliveries.map(({ alert, before }) => ({ alert, before })),
    organizationName: resolution.organizationName,
    noteTitle: resolution.noteTitle,
    notice: continues === undefined ? undefined : `This ticket continues ${continues}.`,
    key,
    link: groupLink(baseUrl, group),
    limits,
  });
}

/** Optional select fields that the PSA refused are left out; a sub-issue goes with its issue type. */
function withoutRefused(values: Record<string, string>, without: readonly string[]): Record<string, string> {
  if (without.length === 0) return values;
  return Object.fromEntries(
    Object.entries(values).filter(
      ([key]) => !without.includes(key) && !(key === 'subIssueType' && without.includes('issueType')),
    ),
  );
}

function noteOf(
  { group, channel, deliveries, marker, seq, now }: Ingredients,
  first: Waiting,
  resolution: Resolution,
  baseUrl: string,
): Composed {
  const key = noteKey(marker, seq);
  const limits = channel.adapter.limits.text;
  const isDigest = deliveries.length > 1;
  const { title, text } = isDigest
    ? composeDigest({
        items: deliveries.map(({ alert, before }) => ({ alert, before })),
        noteTitle: resolution.noteTitle,
        key,
        link: groupLink(baseUrl, group),
        limits,
      })
    : composeNote({
        alert: first.alert,
        resolution,
        before: first.before,
        key,
        link: alertLink(baseUrl, first),
        limits,
      });
  const words = isDigest
    ? `${deliveries.length} alerts were waiting for this ticket: one note for all.`
    : 'The group has an open ticket: a note on it.';
  return {
    kind: 'content',
    content: {
      kind: isDigest ? 'digest' : 'note',
      ticketRef: group.ticketRef as string,
      draft: { key, title, text, values: resolution.values, notBefore: new Date(now) },
    },
    trace: [words, resolution.grouping.words],
  };
}

const alertLink = (baseUrl: string, { alertId }: Waiting): string => `${baseUrl}/alerts/${alertId}`;
const groupLink = (baseUrl: string, { id }: ReadyGroup): string => `${baseUrl}/alerts?group=${id}`;
