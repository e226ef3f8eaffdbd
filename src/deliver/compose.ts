/** The content of a write: resolved by the settings of now, composed for people, cut to the adapter's limits. */
import { severities } from '../alerts/types.ts';
import { type Gap, gapInWords } from '../plan/gap.ts';
import {
  composeDigest,
  composeGatheringTicket,
  composeNote,
  composeTicket,
  noContractNotice,
  noteKey,
  resolve,
} from '../plan/index.ts';
import type { Connection, ContactChoice, Resolution, Settings } from '../plan/types.ts';
import { truncate } from '../templates/index.ts';
import type { Channel } from './channel.ts';
import type { Waiting } from './claim.ts';
import { withFallbacks } from './fallbacks.ts';
import type { ReadyGroup } from './groups.ts';
import type { Content } from './round.ts';

export interface Composed {
  kind: 'content';
  content: Content;
  /** Where it goes and why, in words. */
  trace: string[];
  /** Inputs that something else can stand in for if the PSA refuses them. */
  fallbacks: string[];
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
  /** What is missing on the ticket: a note says so. */
  gap: Gap | undefined;
  /** Database time in milliseconds. */
  now: number;
}

/** The account's contacts, or the one with this address, have to be read first. */
interface NeedsContacts {
  kind: 'needsContacts';
  accountId: string;
  email: string | undefined;
}

/** Contracts have to be read first: those of which nobody knows whether they may stand on a ticket. */
interface NeedsContracts {
  kind: 'needsContracts';
  contractIds: readonly string[];
}

/** Nothing can be composed before something was read. */
export type NeedsReading = NeedsContacts | NeedsContracts;

/** Content, or what has to be read first. */
export function composeWrite(
  ingredients: Ingredients,
  baseUrl: string,
  settings: Settings,
): Composed | NeedsReading {
  const { deliveries, startsTicket, group } = ingredients;
  // A ticket that gathers is as urgent as the worst alert in it.
  const first = startsTicket && group.gathers ? worstOf(deliveries) : (deliveries[0] as Waiting);
  const connection = settings.connections.get(first.channelId);
  if (!connection) throw new Error('its connection is no longer configured');
  const resolved = resolve(
    first.alert,
    first.organizationId,
    first.unassignedReference,
    connection,
    settings,
  );
  const { fields } = ingredients.channel.adapter;
  const { resolution, said, fallbacks } = withFallbacks(resolved, first, connection, fields);
  const composed = startsTicket
    ? ticketOf(ingredients, first, { resolution, connection }, baseUrl)
    : noteOf(ingredients, first, resolution, baseUrl);
  if (composed.kind !== 'content') return composed;
  return { ...composed, trace: [...composed.trace, ...said], fallbacks };
}

const worstOf = (deliveries: readonly Waiting[]): Waiting =>
  deliveries.reduce((worst, next) =>
    severities.indexOf(next.alert.severity) > severities.indexOf(worst.alert.severity) ? next : worst,
  );

function ticketOf(
  ingredients: Ingredients,
  first: Waiting,
  { resolution, connection }: { resolution: Resolution; connection: Connection },
  baseUrl: string,
): Omit<Composed, 'fallbacks'> | NeedsReading {
  const { channel, marker, group, now } = ingredients;
  const accountId = first.directed?.accountId ?? resolution.accountId;
  const choice = contactFor(first, group, resolution);
  const contact = first.without.includes('contact')
    ? { kind: 'none' as const, words: 'The PSA refused the contact that was chosen.' }
    : channel.contacts.pick(accountId, choice, now);
  if (contact.kind === 'unknown') {
    return { kind: 'needsContacts', accountId, email: choice.kind === 'find' ? choice.email : undefined };
  }
  const contract = contractFor(first, accountId, resolution, { channel, connection, now });
  if (contract.kind === 'needsContracts') return contract;
  const missing = {
    noContact: contact.kind === 'none' ? contact.words : undefined,
    noContract: contract.kind === 'none' ? contract.words : undefined,
  };
  const { title, description } = ticketText(ingredients, first, resolution, baseUrl, missing);
  const draft = {
    key: marker,
    accountId,
    contactId: contact.kind === 'contact' ? contact.contactId : undefined,
    contractId: contract.kind === 'good' ? resolution.contractId : undefined,
    title: first.directed ? truncate(`[TEST] ${title}`, channel.adapter.limits.text.title) : title,
    description,
    priority: resolution.priority,
    dueAt: new Date(now + resolution.dueHours * 3_600_000),
    values: resolution.values,
  };
  const trace = group.lifeNotice ? [group.lifeNotice, ...resolution.trace] : [...resolution.trace];
  if (group.gathers) trace.unshift(`One ticket for many alerts: ${gatheredWords}`);
  if ('words' in contact && contact.words) trace.push(contact.words);
  if (contract.words) trace.push(missing.noContract ? `No contract: ${contract.words}` : contract.words);
  return { kind: 'content', content: { kind: 'ticket', draft }, trace };
}

const gatheredWords = 'their organization opened as many tickets of its own as its brake allows.';

/** Many people's alerts belong to none of them: such a ticket goes to the account's own contact. */
function contactFor({ directed }: Waiting, { gathers }: ReadyGroup, { contact }: Resolution): ContactChoice {
  if (contact.kind === 'none') return contact;
  if (directed) return { kind: 'find', fallbackContactId: directed.contactId };
  return gathers ? { kind: 'find', fallbackContactId: contact.fallbackContactId } : contact;
}

/** Checked again when sending, because contracts end. `none` without words: none was chosen. */
function contractFor(
  { without }: Waiting,
  accountId: string,
  { contractId }: Resolution,
  { channel, connection, now }: { channel: Channel; connection: Connection; now: number },
): { kind: 'good' | 'none'; words?: string } | NeedsContracts {
  if (without.includes('contract'))
    return { kind: 'none', words: 'The PSA refused the contract that was chosen.' };
  if (contractId === undefined) return { kind: 'none' };
  const judged = channel.contracts.judge(contractId, accountId, now);
  if (judged.kind !== 'unknown') return judged;
  // Those of the other organizations will be needed soon: one read tells of many.
  const others = [...connection.mappings.values()].flatMap((one) => one.contractId ?? []);
  return { kind: 'needsContracts', contractIds: channel.contracts.stale([contractId, ...others], now) };
}

function ticketText(
  { channel, marker: key, deliveries, continues, group }: Ingredients,
  first: Waiting,
  resolution: Resolution,
  baseUrl: string,
  missing: { noContact: string | undefined; noContract: string | undefined },
): { title: string; description: string } {
  const limits = channel.adapter.limits.text;
  if (!group.gathers) {
    const link = alertLink(baseUrl, first);
    const { lifeNotice: notice } = group;
    const frame = { key, link, limits };
    return composeTicket({ alert: first.alert, resolution, ...frame, continues, notice, ...missing });
  }
  const before = continues && `This ticket continues ${continues}. ${group.lifeNotice ?? ''}`.trim();
  const noContract = missing.noContract && noContractNotice(missing.noContract);
  return composeGatheringTicket({
    items: deliveries.map(({ alert, before }) => ({ alert, before })),
    organizationName: resolution.organizationName,
    noteTitle: resolution.noteTitle,
    notice: [before, noContract].filter(Boolean).join(' ') || undefined,
    key,
    link: groupLink(baseUrl, group),
    limits,
  });
}

function noteOf(
  { group, channel, deliveries, marker, seq, gap, now }: Ingredients,
  first: Waiting,
  resolution: Resolution,
  baseUrl: string,
): Omit<Composed, 'fallbacks'> {
  const key = noteKey(marker, seq);
  const limits = channel.adapter.limits.text;
  const isDigest = deliveries.length > 1;
  const notice = [group.lifeNotice, gap && gapInWords(gap)].filter(Boolean).join('\n') || undefined;
  const { title, text } = isDigest
    ? composeDigest({
        items: deliveries.map(({ alert, before }) => ({ alert, before })),
        noteTitle: resolution.noteTitle,
        notice,
        key,
        link: groupLink(baseUrl, group),
        limits,
      })
    : composeNote({
        alert: first.alert,
        resolution,
        before: first.before,
        notice,
        key,
        link: alertLink(baseUrl, first),
        limits,
      });
  return {
    kind: 'content',
    content: {
      kind: isDigest ? 'digest' : 'note',
      ticketRef: group.ticketRef as string,
      draft: { key, title, text, values: resolution.values, notBefore: new Date(now) },
    },
    trace: [whyNote(group, deliveries.length), resolution.grouping.words, ...(notice ? [notice] : [])],
  };
}

function whyNote({ lifeNotice, lifeWords }: ReadyGroup, count: number): string {
  if (count > 1) return `${count} alerts were waiting for this ticket: one note for all.`;
  if (lifeNotice !== undefined) return 'A note on the newest ticket of the group.';
  return lifeWords ?? 'The group has an open ticket: a note on it.';
}

const alertLink = (baseUrl: string, { alertId }: Waiting): string => `${baseUrl}/alerts/${alertId}`;
const groupLink = (baseUrl: string, { id }: ReadyGroup): string => `${baseUrl}/alerts?group=${id}`;
