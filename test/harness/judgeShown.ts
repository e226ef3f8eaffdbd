/** Whether what Herald shows is what the PSA has (promise P21), as a pure function. Every finding is a sentence. */

import type { Shown, ShownDelivery } from './shown.ts';
import type { Recorded, RecordedTicket } from './simulator.ts';

/** What is on a ticket, and how many alerts all of it tells of. */
type Counts = Record<'tickets' | 'notes' | 'digests' | 'alerts', number>;

export function judgeShown(shown: Shown, recorded: Pick<Recorded, 'tickets' | 'effects'>): string[] {
  return [...judgeCounts(shown), ...judgeLog(shown, recorded), ...judgeMetrics(shown, recorded)];
}

const stateGroups = {
  waiting: ['pending', 'sending', 'uncertain'],
  held: ['held'],
  failed: ['failed'],
} as const;

/** The figures beside a connection are those of its list. */
function judgeCounts({ connections, deliveries }: Shown): string[] {
  const byConnection = Map.groupBy(deliveries, ({ connectionId }) => connectionId);
  return connections.flatMap(({ id, name, counts }) =>
    Object.entries(stateGroups).flatMap(([figure, states]) => {
      const listed = (byConnection.get(id) ?? []).filter(({ state }) =>
        (states as readonly string[]).includes(state),
      ).length;
      const said = counts[figure as keyof typeof counts];
      return said === listed ? [] : [`${name} shows ${said} ${figure}, its list ${listed}`];
    }),
  );
}

/** Each ticket of the PSA stands in the log of one connection, with as many notes and digests as it has. */
function judgeLog({ connections, deliveries }: Shown, { tickets }: Pick<Recorded, 'tickets'>): string[] {
  const findings: string[] = [];
  const names = new Map(connections.map(({ id, name }) => [id, name]));
  const delivered = deliveries.filter(({ state }) => state === 'delivered');
  const byTicket = Map.groupBy(delivered, ({ ticket }) => ticket?.id ?? 'none');
  const made = new Map(tickets.map((ticket) => [String(ticket.id), ticket]));
  for (const id of made.keys())
    if (!byTicket.has(id)) findings.push(`the PSA has ticket ${id}, which no connection shows`);
  for (const [id, ofTicket] of byTicket) {
    const owners = [...new Set(ofTicket.map(({ connectionId }) => connectionId))];
    const whose = owners.map((owner) => names.get(owner) ?? `a connection that is not listed (${owner})`);
    const ticket = made.get(id);
    if (!ticket) findings.push(`${whose.join(', ')} shows ticket ${id}, which the PSA has not`);
    else if (owners.length > 1 || !names.has(owners[0] ?? ''))
      findings.push(`ticket ${id} is shown by ${whose.join(', ')}`);
    else findings.push(...differences(`${whose[0]}, ticket ${id}`, shownOn(ofTicket), madeOn(ticket)));
  }
  return findings;
}

/** What is delivered at one moment on one ticket is one digest: a ticket is written by one call at a time. */
function shownOn(deliveries: readonly ShownDelivery[]): Counts {
  const ofKind = (wanted: string) => deliveries.filter(({ kind }) => kind === wanted);
  return {
    tickets: Math.min(1, ofKind('ticket').length),
    notes: ofKind('note').length,
    digests: new Set(ofKind('digest').map(({ settledAt }) => settledAt)).size,
    alerts: deliveries.length,
  };
}

/** A digest says how many alerts it tells of: "37 alerts: 8 critical, 29 high". */
const toldIn = (text: string): number | undefined => {
  const [, told] = /^([\d,]+) alerts?: \d/m.exec(text) ?? [];
  return told === undefined ? undefined : Number(told.replaceAll(',', ''));
};

function madeOn({ description, notes }: RecordedTicket): Counts {
  const told = notes.map((note) => toldIn(note.description));
  const digests = told.filter((count) => count !== undefined).length;
  const alerts = [toldIn(description), ...told].reduce<number>((sum, count) => sum + (count ?? 1), 0);
  return { tickets: 1, notes: notes.length - digests, digests, alerts };
}

const differences = (where: string, shown: Counts, made: Counts): string[] =>
  (Object.keys(made) as (keyof Counts)[])
    .filter((what) => shown[what] !== made[what])
    .map((what) => `${where}: ${shown[what]} ${what} shown, the PSA has ${made[what]}`);

/** The counters for operators are the effects that the PSA has written down. */
function judgeMetrics({ confirmed }: Shown, { effects }: Pick<Recorded, 'effects'>): string[] {
  if (!confirmed) return [];
  const of = (kind: string) => confirmed.get(kind) ?? 0;
  const counted = { ticketCreated: of('ticket'), noteCreated: of('note') + of('digest') };
  return Object.entries(counted).flatMap(([effect, count]) => {
    const theirs = effects.get(effect) ?? 0;
    return count === theirs ? [] : [`/metrics counts ${count} of ${effect}, the PSA ${theirs}`];
  });
}
