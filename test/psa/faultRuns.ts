/**
 * One fault of the PSA at each kind of call that Herald makes (promises §3.4): the look-up of the zone, a ticket, a note,
 * a change of a ticket, a search. What was promised of each is held against the rows and the PSA's tickets.
 */

import type { Verdict } from '../harness/judge.ts';
import { ofAna } from '../support/alerts.ts';
import type { PsaWorld } from '../support/psa.ts';

export type Operation = 'zone' | 'ticket' | 'note' | 'update' | 'search';

export interface FaultCase {
  name: string;
  fault: object;
  /** What a write that meets it must be taken for. */
  of: 'refused' | 'uncertain';
  /** The calls that can meet it; all, if left out. */
  at?: readonly Operation[];
}

const matches: Record<Operation, object> = {
  zone: { path: 'zoneInformation' },
  ticket: { method: 'POST', path: '/Tickets$' },
  note: { method: 'POST', path: '/Notes$' },
  update: { method: 'PATCH', path: '/Tickets$' },
  search: { method: 'POST', path: '/Tickets/query$' },
};

const operations: readonly Operation[] = ['zone', 'ticket', 'note', 'update', 'search'];
const secrets = ['Sim-Secret-1', 'SIMULATORTRACKINGCODE000001'];
const mostEvidence = 2_048;
let groups = 0;

/** Findings as the judge of the promise tests sorts them. */
export type Findings = Pick<Verdict, 'lost' | 'duplicated' | 'leaked' | 'left over' | 'other'>;

export const noFindings = (): Findings => ({
  lost: [],
  duplicated: [],
  leaked: [],
  'left over': [],
  other: [],
});

/** A world in which closed tickets are reopened, so that all kinds of calls occur. */
export const faultWorld = {
  settleMs: 1_600,
  tickets: { closedTicket: { action: 'reopen', days: 7 } },
} as const;

/** Lets the fault strike once at each call that can meet it; adds what is wrong to `found`. */
export async function runCase(w: PsaWorld, fault: FaultCase, found: Findings): Promise<void> {
  groups += 1;
  const email = `group${groups}@case.example`;
  for (const operation of operations) {
    if (fault.at && !fault.at.includes(operation)) continue;
    // A note and a change need a ticket; the others are its making.
    const isNew = operation === 'zone' || operation === 'ticket' || operation === 'search';
    const who = isNew ? `${operation}-${email}` : email;
    const id = `${operation}-${groups}-${Date.now()}`;
    const where = `${fault.name}, ${operation}`;
    const alert = ofAna({ externalId: id, user: { email: who } });
    await prepare(w, operation, { fault, email });
    await w.accept(alert);
    try {
      await w.settled(15_000);
    } catch (error) {
      found['left over'].push(`${where}: ${(error as Error).message}`);
    }
    for (const { applied } of w.simulator.state.faults.list()) {
      if (applied === 0) found.other.push(`${where}: the fault did not strike`);
    }
    await judgeEffect(w, id, where, found);
    await judgeAttempts(w, { id, where, operation, fault }, found);
  }
}

async function prepare(
  w: PsaWorld,
  operation: Operation,
  { fault, email }: { fault: FaultCase; email: string },
): Promise<void> {
  if (operation === 'zone') await w.reopenSession();
  if (operation === 'note' || operation === 'update') await needTicket(w, email);
  if (operation === 'update') {
    const newest = (await w.tickets()).findLast(({ title }) => title.endsWith(` ${email}`));
    await w.control('set', { ticket: { id: newest?.id, status: 5 } });
    await w.rows(
      `update ticket_groups set ticket_checked_at = now() - interval '1 hour', turned_at = null returning id`,
    );
  }
  w.simulator.state.faults.clear();
  if (operation === 'search') await w.ticketFault({ kind: 'afterCommit', answer: 'reset' });
  await w.control('faults', { match: matches[operation], fault: fault.fault });
}

/** A group whose ticket is there before its note or change meets the fault. */
async function needTicket(w: PsaWorld, email: string): Promise<void> {
  if ((await w.tickets()).some(({ title }) => title.endsWith(` ${email}`))) return;
  await w.accept(ofAna({ user: { email } }));
  await w.settled();
}

/** The alert stands once in all that the PSA has. */
async function judgeEffect(w: PsaWorld, id: string, where: string, found: Findings): Promise<void> {
  const texts = (await w.tickets()).flatMap(({ description, notes }) => [
    description,
    ...notes.map((note) => note.description),
  ]);
  const count = texts.filter((text) => text.includes(id)).length;
  if (count === 0) found.lost.push(where);
  if (count > 1) found.duplicated.push(`${where}: ${count} times`);
}

async function judgeAttempts(
  w: PsaWorld,
  { id, where, operation, fault }: { id: string; where: string; operation: Operation; fault: FaultCase },
  found: Findings,
): Promise<void> {
  const attempts = await w.rows(
    `select a.attempt_state, a.adopted, a.looks, a.evidence, a.look_problem, d.tries
       from alerts s join deliveries d on d.alert_id = s.id
       join writes w on d.id = any(w.delivery_ids) join attempts a on a.write_id = w.id
      where s.external_id = $1 order by a.n`,
    [id],
  );
  for (const { evidence, look_problem } of attempts) {
    for (const text of [evidence ?? '', look_problem ?? '']) {
      if (Buffer.byteLength(text) > mostEvidence) found.other.push(`${where}: evidence of ${text.length}`);
      if (secrets.some((secret) => text.includes(secret))) found.leaked.push(`${where}: ${text}`);
    }
  }
  const [first] = attempts;
  const isUncertain = first?.adopted || first?.looks > 0 || /^Looked up/m.test(first?.evidence ?? '');
  const expected = operation === 'ticket' || operation === 'note' ? fault.of : undefined;
  if (expected && (expected === 'uncertain') !== isUncertain) {
    found.other.push(`${where}: expected ${expected}, ${first?.attempt_state} with ${first?.looks} looks`);
  }
  if (expected === 'refused' && first?.tries !== 0) found.other.push(`${where}: a try was used up`);
  if (operation === 'search' && attempts.length !== 1) {
    found.other.push(`${where}: sent ${attempts.length} times because of a look-up that failed`);
  }
}
