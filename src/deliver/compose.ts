/** The content of a write: resolved by the settings of now, composed for people, cut to the adapter's limits. */
import { composeDigest, composeNote, composeTicket, noteKey, resolve } from '../plan/index.ts';
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
  const first = ingredients.deliveries[0] as Waiting;
  const connection = settings.connections.get(first.channelId);
  if (!connection) throw new Error('its connection is no longer configured');
  const resolution = resolve(
    first.alert,
    first.organizationId,
    first.unassignedReference,
    connection,
    settings,
  );
  return ingredients.startsTicket
    ? ticketOf(ingredients, first, resolution, baseUrl)
    : noteOf(ingredients, first, resolution, baseUrl);
}

function ticketOf(
  { channel, marker, continues, now }: Ingredients,
  first: Waiting,
  resolution: Resolution,
  baseUrl: string,
): Composed | NeedsContacts {
  const accountId = first.directed?.accountId ?? resolution.accountId;
  const choice: ContactChoice =
    first.directed && resolution.contact.kind === 'find'
      ? { kind: 'find', fallbackContactId: first.directed.contactId }
      : resolution.contact;
  const contact = first.without.includes('contact')
    ? { kind: 'none' as const, words: 'The PSA refused the contact that was chosen.' }
    : channel.contacts.pick(accountId, choice, now);
  if (contact.kind === 'unknown') {
    return { kind: 'needsContacts', accountId, email: choice.kind === 'find' ? choice.email : undefined };
  }
  const { title, description } = composeTicket({
    alert: first.alert,
    resolution,
    key: marker,
    link: alertLink(baseUrl, first),
    limits: channel.adapter.limits.text,
    continues,
    noContact: contact.kind === 'none' ? contact.words : undefined,
  });
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
  if ('words' in contact && contact.words) trace.push(contact.words);
  return { kind: 'content', content: { kind: 'ticket', draft }, trace };
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
        link: `${baseUrl}/alerts?group=${group.id}`,
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
