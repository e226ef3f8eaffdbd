/** What became of one alert, in the words of a person who watches. Pure. */
import { type AlertAnswer, type DeliveryAnswer, isOfPsa, type Sight } from './follow.ts';

export type IntakeStatus = 'accepted' | 'duplicate' | 'updated' | 'rejected';

/** How an alert ended, as the counters know it. */
export type Ending =
  | 'ticket'
  | 'note'
  | 'noTicket'
  | 'duplicate'
  | 'rejected'
  | 'waiting'
  | 'held'
  | 'failed'
  | 'unaccounted';

export interface Story {
  ending: Ending;
  /** The way, in order; shown with arrows between. */
  steps: string[];
  /** Where to look at the ticket. */
  ticketId?: string;
  link?: string;
}

/** The story of an alert that was taken in; `sight` is undefined when the API does not know it. */
export function tell(status: Exclude<IntakeStatus, 'rejected'>, sight: Sight | undefined): Story {
  if (!sight) return { ending: 'unaccounted', steps: [status, 'the API does not know it'] };
  if (status === 'duplicate') return { ending: 'duplicate', steps: ['duplicate, nothing to do'] };
  const { alert, deliveries } = sight;
  const begun = status === 'updated' ? [`updated: ${changeInWords(alert) || 'details'}`] : ['accepted'];
  const delivery = deliveries.find(isOfPsa);
  const mailed = mailsInWords(deliveries.filter((one) => !isOfPsa(one)));
  begun.push(...mailed);
  if (delivery) return { ...tellDelivery(delivery), steps: [...begun, ...tellDelivery(delivery).steps] };
  if (status === 'updated')
    return { ending: 'noTicket', steps: [...begun, 'stored, no note: neither severity nor status changed'] };
  const why = alert.trace.find((sentence) => sentence.startsWith('No ticket'));
  return why
    ? { ending: 'noTicket', steps: [...begun, inner(why)] }
    : { ending: 'unaccounted', steps: [...begun, 'no delivery and no reason'] };
}

/** Who was mailed, shortly: "mailed to 2", "mailed to 1, mail to 1 on its way". Nothing when nobody is to be. */
function mailsInWords(mails: readonly DeliveryAnswer[]): string[] {
  const count = (...states: DeliveryAnswer['state'][]) =>
    mails.filter(({ address, state }) => address !== '' && states.includes(state)).length;
  const parts: [number, (count: number) => string][] = [
    [count('delivered'), (n) => `mailed to ${n}`],
    [count('pending', 'sending', 'uncertain'), (n) => `mail to ${n} on its way`],
    [count('held', 'failed'), (n) => `mail to ${n} waits for a person`],
  ];
  const words = parts.filter(([n]) => n > 0).map(([n, say]) => say(n));
  return words.length === 0 ? [] : [words.join(', ')];
}

/** The story of an alert that was refused. */
export const tellRejection = (reason: string): Story => ({
  ending: 'rejected',
  steps: [`rejected: ${reason}`],
});

function tellDelivery(delivery: DeliveryAnswer): Story {
  const { state, words, next, ticket } = delivery;
  const plan = plannedInWords(delivery);
  switch (state) {
    case 'delivered': {
      const to = ticket
        ? { ticketId: ticket.id, ...(ticket.link === null ? {} : { link: ticket.link }) }
        : {};
      const ending = delivery.kind === 'ticket' ? 'ticket' : 'note';
      return { ending, steps: [...plan, arrival(delivery)], ...to };
    }
    case 'skipped':
      return { ending: 'noTicket', steps: [inner(words)] };
    case 'held':
      return { ending: 'held', steps: [inner(words)] };
    case 'failed':
      return { ending: 'failed', steps: [...plan, inner(words)] };
    default:
      return { ending: 'waiting', steps: [...plan, inner(next ? `${words} ${next.words}` : words)] };
  }
}

function arrival({ kind, ticket }: DeliveryAnswer): string {
  const name = ticket?.number ?? (ticket ? `with id ${ticket.id}` : 'of its group');
  if (kind === 'ticket') return `ticket ${name}`;
  return kind === 'digest' ? `note with others on ticket ${name}` : `note on ticket ${name}`;
}

/** The parts of the trace that say where it goes, and shortly why; the API has them all. */
function plannedInWords({ kind, trace }: DeliveryAnswer): string[] {
  const forms = kind === 'note' || kind === 'digest' ? noteForms : ticketForms;
  const parts = trace.flatMap((sentence) => {
    for (const [pattern, words] of forms) {
      const match = pattern.exec(sentence);
      if (match) return [words(match)].filter((part) => part !== '');
    }
    return [];
  });
  return parts.length === 0 ? [] : [parts.join(', ')];
}

type ShortForm = readonly [RegExp, (match: RegExpExecArray) => string];

const ticketForms: readonly ShortForm[] = [
  [
    /^Organization .* is mapped to account (.+?)(?: \(id [^)]*\))?\.$/,
    ([, account]) => `mapped to account ${account}`,
  ],
  [
    /^Organization .* is not mapped in .*: the catch-all account/,
    () => 'not mapped, so the catch-all account',
  ],
  [/^Unassigned.*: the catch-all account/, () => 'unassigned, so the catch-all account'],
  [/^Contact .* \(id [^)]*\): matched by e-mail/, () => 'contact matched by e-mail'],
  [/^Contact .* \(id [^)]*\): the account's (.+)\.$/, ([, which]) => which ?? ''],
  [/^Contact .* \(id [^)]*\): (.+)\.$/, ([, how]) => `contact: ${how}`],
];

const noteForms: readonly ShortForm[] = [
  [/^(\d+) alerts were waiting for this ticket/, ([, count]) => `one note for ${count} alerts`],
  [/^Alerts of .+ share a ticket\.$/, ([sentence]) => sameInWords(sentence)],
];

/** "Alerts of X with the same title (…) and the same user (…) share a ticket." → "same title and user". */
function sameInWords(sentence: string): string {
  const labels = [...sentence.matchAll(/\bthe same ([a-z' ]{1,40}) \(/g)].map(([, label]) => label);
  return labels.length === 0 ? '' : `same ${labels.join(' and ')}`;
}

/** From the alert's revisions: "severity high → critical, status new → resolved". */
export function changeInWords({ severity, status, revisions }: AlertAnswer): string {
  const before = revisions.at(-1);
  if (!before) return '';
  const parts: string[] = [];
  if (before.severity !== severity) parts.push(`severity ${before.severity} → ${severity}`);
  if (before.status !== status) parts.push(`status ${before.status ?? 'none'} → ${status ?? 'none'}`);
  return parts.join(', ');
}

/** A sentence as a part of a longer line. */
const inner = (sentence: string): string =>
  `${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`.replace(/\.$/, '');
