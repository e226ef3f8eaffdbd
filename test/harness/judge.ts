/**
 * The verdict on a test run, as a pure function: what the senders know, what Herald stored and what the PSA has seen are
 * held against each other (promises §3.0, the checker). Every finding is a sentence.
 */

import { type CallRules, judgeLogins, usualRules, worstWindow } from './judgeCalls.ts';
import type { Entry } from './ledger.ts';
import type { Recorded } from './simulator.ts';
import type { Stored } from './stored.ts';

export interface Evidence {
  sent: readonly Entry[];
  stored: Stored;
  recorded: Recorded;
  /** Log lines that hold a secret. */
  leaks: readonly string[];
  /** What is allowed to the calls of this test; no refused login if left out. */
  calls?: CallRules;
}

export const kinds = ['lost', 'duplicated', 'misordered', 'leaked', 'left over'] as const;
type Kind = (typeof kinds)[number];

export type Verdict = Record<Kind, string[]> & {
  /** What is wrong and none of these: a quota overrun, counters that differ. */
  other: string[];
};

/** A ticket or a note as the PSA has it. */
interface Effect {
  /** Our key on it: the last line of its text. */
  key: string;
  ticketId: number;
  /** 1 for the ticket itself, then its notes in the order in which the PSA made them. */
  place: number;
  /** How often each alert is listed. */
  listed: ReadonlyMap<string, number>;
  /** It lists only a part of its alerts: "… and 12 more". */
  isPart: boolean;
}

export function judge(evidence: Evidence): Verdict {
  const verdict = verdictOf();
  const effects = evidence.recorded.tickets.flatMap(effectsOf);
  judgeStorage(evidence, verdict);
  judgeDeliveries(evidence, effects, verdict);
  judgeTickets(evidence, verdict);
  judgeKeys(evidence, effects, verdict);
  judgeListing(evidence, effects, verdict);
  judgeOrder(evidence, effects, verdict);
  judgeCalls(evidence, verdict);
  judgeCounters(evidence, verdict);
  verdict.leaked.push(...evidence.leaks.map((line) => `a log line holds a secret: ${line}`));
  return verdict;
}

/** A verdict without findings. */
export const verdictOf = (): Verdict => ({
  lost: [],
  duplicated: [],
  misordered: [],
  leaked: [],
  'left over': [],
  other: [],
});

/** `lost 0 duplicated 0 misordered 0 leaked 0 left over 0`, and `other 1` if there is anything else. */
export const inOneLine = (verdict: Verdict): string =>
  [...kinds, ...(verdict.other.length > 0 ? (['other'] as const) : [])]
    .map((kind) => `${kind} ${verdict[kind].length}`)
    .join(' ');

/** (a) what was acknowledged is stored, once. */
function judgeStorage({ sent, stored }: Evidence, verdict: Verdict): void {
  const rows = Map.groupBy(stored.alerts, ({ externalId }) => externalId);
  for (const entry of sent) {
    const known = rows.get(entry.externalId) ?? [];
    if (known.length > 1) verdict.duplicated.push(`${entry.externalId} is stored ${known.length} times`);
    if (entry.ids.size > 1)
      verdict.duplicated.push(`${entry.externalId} was answered with ${entry.ids.size} ids`);
    for (const id of entry.ids) {
      if (!known.some((row) => row.id === id))
        verdict.lost.push(`${entry.externalId} was acknowledged as ${id}`);
    }
  }
}

/** (b) each state of each alert is owed once, and has come to a ticket or note that the PSA has. */
function judgeDeliveries({ sent, stored }: Evidence, effects: readonly Effect[], verdict: Verdict): void {
  const keys = new Set(effects.map(({ key }) => key));
  const byAlert = Map.groupBy(stored.deliveries, ({ externalId }) => externalId);
  for (const { externalId, acknowledged, severities } of sent) {
    const owed = byAlert.get(externalId) ?? [];
    if (acknowledged !== undefined && owed.length < severities.size)
      verdict.lost.push(`${externalId} owes ${owed.length} of ${severities.size}`);
    if (owed.length > severities.size)
      verdict.duplicated.push(`${externalId} owes ${owed.length} instead of ${severities.size}`);
  }
  for (const { externalId, state, problem, writeKey } of stored.deliveries) {
    if (state !== 'delivered')
      verdict['left over'].push(`${externalId} is ${state}: ${problem ?? 'no reason'}`);
    else if (!keys.has(writeKey ?? ''))
      verdict.lost.push(`${externalId} is delivered as ${writeKey}, which the PSA has not`);
  }
  if (stored.open > 0) verdict['left over'].push(`${stored.open} attempts or groups are still open`);
}

const completeStatus = 5;

/** (b) a group has one open ticket. */
function judgeTickets({ recorded }: Evidence, verdict: Verdict): void {
  const open = recorded.tickets.filter(({ status }) => status !== completeStatus);
  for (const [group, tickets] of Map.groupBy(
    open,
    ({ companyID, title }) => `${title} of company ${companyID}`,
  )) {
    if (tickets.length > 1) verdict.duplicated.push(`${group} has ${tickets.length} open tickets`);
  }
}

/** (b) no two effects share a key, and none is there that Herald does not know of. */
function judgeKeys({ stored }: Evidence, effects: readonly Effect[], verdict: Verdict): void {
  const known = new Set(stored.deliveries.map(({ writeKey }) => writeKey));
  for (const [key, same] of Map.groupBy(effects, (effect) => effect.key)) {
    if (same.length > 1) verdict.duplicated.push(`${same.length} effects have the key ${key}`);
    if (!known.has(key))
      verdict.duplicated.push(`the PSA has ${key || 'an effect without key'}, which no delivery is in`);
  }
}

/** (b) an alert stands in the texts as often as it was delivered. */
function judgeListing({ stored }: Evidence, effects: readonly Effect[], verdict: Verdict): void {
  const delivered = Map.groupBy(
    stored.deliveries.filter(({ state }) => state === 'delivered'),
    ({ externalId }) => externalId,
  );
  const listed = new Map<string, number>();
  for (const effect of effects) {
    for (const [id, times] of effect.listed) listed.set(id, (listed.get(id) ?? 0) + times);
  }
  const inPart = new Set(effects.filter(({ isPart }) => isPart).map(({ key }) => key));
  for (const id of new Set([...delivered.keys(), ...listed.keys()])) {
    const owed = delivered.get(id) ?? [];
    const times = listed.get(id) ?? 0;
    const mayBeUnlisted = owed.some(({ writeKey }) => inPart.has(writeKey ?? ''));
    if (times > owed.length)
      verdict.duplicated.push(`${id} stands in the PSA ${times} times, delivered ${owed.length}`);
    if (times < owed.length && !mayBeUnlisted)
      verdict.lost.push(`${id} stands in the PSA ${times} times, delivered ${owed.length}`);
  }
}

/**
 * (c) within a ticket, an alert that was acknowledged before another was sent stands before it or in the same note; and
 * the numbers of our notes have no gaps.
 */
function judgeOrder({ sent, stored }: Evidence, effects: readonly Effect[], verdict: Verdict): void {
  const entries = new Map(sent.map((entry) => [entry.externalId, entry]));
  for (const [ticketId, ofTicket] of Map.groupBy(effects, (effect) => effect.ticketId)) {
    const ordered = ofTicket.toSorted((a, b) => a.place - b.place);
    const seen = new Set<string>();
    let latestSent = 0;
    for (const [i, { key, listed }] of ordered.entries()) {
      if (i > 0 && placeOf(key, stored) !== i + 1)
        verdict.misordered.push(`ticket ${ticketId} has ${key} in place ${i + 1}`);
      const here = [...listed.keys()].filter((id) => !seen.has(id)).flatMap((id) => entries.get(id) ?? []);
      for (const { externalId, acknowledged } of here) {
        if (acknowledged !== undefined && acknowledged < latestSent)
          verdict.misordered.push(`${externalId} stands in ${key}, behind one that was sent after its 202`);
      }
      for (const { externalId, firstSent } of here) {
        seen.add(externalId);
        latestSent = Math.max(latestSent, firstSent);
      }
    }
  }
}

/** Its number among the writes that were not refused: a refused one is written anew under the next number. */
function placeOf(key: string, { refused }: Stored): number {
  const [marker = '', digits] = key.split('/');
  const number = Number(digits);
  return number - (refused.get(marker) ?? []).filter((seq) => seq < number).length;
}

/** Of the quota that Herald may use unless told otherwise (promise P8). */
const share = 0.5;

/** (d) never above our share of the quota, and no login is repeated after it was refused. */
function judgeCalls({ recorded, calls = usualRules }: Evidence, verdict: Verdict): void {
  const { requests, threshold, windowMs } = recorded;
  const most = worstWindow(requests, windowMs);
  if (most > threshold * share)
    verdict.other.push(`${most} calls in ${windowMs / 60_000} minutes, allowed ${threshold * share}`);
  verdict.other.push(...judgeLogins(requests, calls));
}

/** (e) what we say that we did is what the PSA did. */
function judgeCounters({ stored: { confirmed }, recorded: { effects } }: Evidence, verdict: Verdict): void {
  const ours = {
    ticketCreated: confirmed.get('ticket') ?? 0,
    noteCreated: (confirmed.get('note') ?? 0) + (confirmed.get('digest') ?? 0),
  };
  for (const [effect, count] of Object.entries(ours)) {
    const theirs = effects.get(effect) ?? 0;
    if (count !== theirs) verdict.other.push(`${effect}: we confirmed ${count}, the PSA made ${theirs}`);
  }
}

function effectsOf({ id, externalID, description, notes }: Recorded['tickets'][number]): Effect[] {
  const ticket = { key: externalID ?? '', ticketId: id, place: 1, ...listedIn(description) };
  const byId = notes.toSorted((a, b) => a.id - b.id);
  return [
    ticket,
    ...byId.map((note, i) => ({
      key: keyIn(note.description),
      ticketId: id,
      place: i + 2,
      ...listedIn(note.description),
    })),
  ];
}

const keyIn = (text: string): string => /ref (\S+)$/.exec(text.trimEnd())?.[1] ?? '';

/** The harness's alerts have ids such as `a1-000017`, longer ones after a million. */
function listedIn(text: string): Pick<Effect, 'listed' | 'isPart'> {
  const listed = new Map<string, number>();
  for (const [id] of text.matchAll(/\b[a-z]\d-\d{6,}\b/g)) listed.set(id, (listed.get(id) ?? 0) + 1);
  return { listed, isPart: /^… and [\d,]+ more: /m.test(text) };
}
