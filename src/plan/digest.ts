/** Texts about many alerts at once: the digest note of a storm (promise P7) and the ticket that gathers while the brake holds. */
import { type Alert, type Severity, severities } from '../alerts/types.ts';
import { truncate } from '../templates/index.ts';
import type { TextFrame } from './compose.ts';
import { count, fitText, shown } from './textFit.ts';
import { changesInWords } from './updates.ts';

/** One alert of a digest, with the state before when it is an update. */
export interface DigestItem {
  alert: Alert;
  before?: Pick<Alert, 'severity' | 'status'>;
}

export interface DigestInput extends TextFrame {
  /** In the order of acceptance; all are counted, as many are listed as fit. */
  items: readonly DigestItem[];
  noteTitle: string;
  notice?: string;
}

/** One note for many waiting alerts (promise P7). `link` leads to the full list. */
export function composeDigest(input: DigestInput): { title: string; text: string } {
  const { limits, noteTitle } = input;
  return { title: truncate(noteTitle, limits.noteTitle), text: digestText(input, limits.note) };
}

export interface GatheringTicketInput extends DigestInput {
  organizationName: string;
}

/** The one ticket that takes an organization's further alerts while the brake holds (test E3 of the promises). */
export function composeGatheringTicket(input: GatheringTicketInput): { title: string; description: string } {
  const { limits, organizationName } = input;
  const whose = organizationName === '' ? 'an unknown organization' : shown(organizationName);
  const why = `More new tickets than the brake allows: further alerts of ${whose} are gathered here.`;
  const notice = input.notice === undefined ? why : `${why}\n${shown(input.notice)}`;
  return {
    title: truncate(`Many security alerts of ${whose}`, limits.title),
    description: digestText({ ...input, notice }, limits.description),
  };
}

function digestText({ items, key, link, notice }: DigestInput, limit: number): string {
  const ordered = bySeverityThenNewest(items);
  const head = `${notice === undefined ? '' : `${notice}\n\n`}${digestCount(ordered)}\n`;
  // Room for "… and 10,000 more: <link>" is kept from the start, so the list never has to be taken back.
  const tail = (left: number) => `\n… and ${count(left)} more: ${link}`;
  const room = limit - fitText('', { limit, key, link }).length - tail(items.length).length;
  let text = head;
  let listedCount = 0;
  for (const item of ordered) {
    const line = `\n${digestLine(item)}`;
    if (text.length + line.length > room) break;
    text += line;
    listedCount += 1;
  }
  const left = items.length - listedCount;
  return fitText(left > 0 ? text + tail(left) : text, { limit, key, link });
}

function bySeverityThenNewest(items: readonly DigestItem[]): DigestItem[] {
  const buckets = new Map<Severity, DigestItem[]>(severities.map((severity) => [severity, []]));
  for (const item of items) buckets.get(item.alert.severity)?.push(item);
  return severities.toReversed().flatMap((severity) => (buckets.get(severity) ?? []).reverse());
}

/** "37 alerts: 8 critical, 29 high" */
function digestCount(items: readonly DigestItem[]): string {
  const counts = new Map<Severity, number>();
  for (const { alert } of items) counts.set(alert.severity, (counts.get(alert.severity) ?? 0) + 1);
  const words = [...counts].map(([severity, number]) => `${count(number)} ${severity}`);
  return `${count(items.length)} ${items.length === 1 ? 'alert' : 'alerts'}: ${words.join(', ')}`;
}

/** Titles and ids are shorter here, so that one alert cannot take the room of ten. */
const maxListedTitle = 200;

/** The line of an alert, or of an update of it, in a digest. */
export function digestLine({ alert, before }: DigestItem): string {
  const changes = before ? changesInWords(before, alert) : '';
  const update = changes === '' ? '' : `, update: ${shown(changes)}`;
  const id = `${shown(alert.source, maxListedTitle)} ${shown(alert.externalId)}`;
  return `- ${alert.severity}: ${shown(alert.title, maxListedTitle)} (${id})${update}`;
}
