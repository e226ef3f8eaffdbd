/** What is wrong in a world that has come to rest: nothing, if the promises hold. */
import type { Verdict } from '../harness/judge.ts';
import type { PsaRecord } from './psa.ts';
import type { GroupRow } from './rows.ts';
import type { Ended } from './world.ts';

type Found = Pick<Verdict, 'lost' | 'duplicated' | 'misordered' | 'left over'>;

/** Promise P3: what is found so late after its commit was found too late. */
const mostUnreportedMs = 24 * 3_600_000;

/** B2: exactly one effect per alert, one ticket per group, notes in order, nothing left over. */
export function verdictOf(world: Ended): Found {
  const found: Found = { lost: [], duplicated: [], misordered: [], 'left over': [] };
  const effects = new Map<string, number>();
  for (const { deliveryIds } of world.psa.records)
    for (const id of deliveryIds) effects.set(id, (effects.get(id) ?? 0) + 1);
  for (const { id, state } of world.journal.deliveries) {
    const made = effects.get(id) ?? 0;
    if (state === 'delivered' && made === 0) found.lost.push(`alert ${id} is delivered and in no ticket`);
    if (made > 1) found.duplicated.push(`alert ${id} was made ${made} times`);
    if (state === 'failed' && made > 0) found.duplicated.push(`alert ${id} is parked and was made`);
    if (state !== 'delivered' && state !== 'failed') found['left over'].push(`alert ${id} is ${state}`);
  }
  for (const group of world.journal.groups) judgeGroup(group, world.psa.records, found);
  if (world.journal.open.size > 0) found['left over'].push(`${world.journal.open.size} attempts are open`);
  if (!world.isAtRest) found['left over'].push('the world did not come to rest');
  return found;
}

function judgeGroup(group: GroupRow, records: readonly PsaRecord[], found: Found): void {
  const ours = records.filter(({ groupId }) => groupId === group.id);
  const tickets = ours.filter(({ isTicket }) => isTicket);
  if (tickets.length > 1) found.duplicated.push(`group ${group.id} has ${tickets.length} tickets`);
  if (group.busyWriteId !== undefined) found['left over'].push(`group ${group.id} is busy`);
  let latest = 0;
  for (const { key, deliveryIds } of ours) {
    const ids = deliveryIds.map(Number);
    if (ids.some((id, i) => id < (ids[i - 1] ?? latest))) found.misordered.push(`${key} is out of order`);
    latest = Math.max(latest, ...ids);
  }
}

/** B3: every ticket beyond the one that its group knows is reported within a day. */
export function unreportedIn({ journal, psa }: Ended): string[] {
  const known = new Set(journal.groups.map(({ ticketRef }) => ticketRef));
  return psa.records
    .filter(({ isTicket, ref }) => isTicket && !known.has(ref))
    .filter(({ ref, at }) => (journal.surplus.get(ref) ?? Number.POSITIVE_INFINITY) - at > mostUnreportedMs)
    .map(({ ref, groupId }) => `ticket ${ref} of group ${groupId} is in no report`);
}

/** Tickets that were made although their group had one. */
export const surplusIn = ({ journal, psa }: Ended): number =>
  psa.records.filter(({ isTicket }) => isTicket).length -
  journal.groups.filter(({ ticketRef }) => ticketRef !== undefined).length;
