/** Whatever a PSA sends back, no credential gets into what is kept and shown of it (promise P16, O1). */
import { expect, it } from 'vitest';
import { ofAna } from '../../test/support/alerts.ts';
import { openPsaWorld, type PsaWorld } from '../../test/support/psa.ts';
import { simulatorCredentials } from '../../test/support/steps.ts';
import { loadDeliveriesOf, loadSent, toDelivery } from './index.ts';

const credentials = Object.values(simulatorCredentials);
const spellings = credentials.flatMap((value) => [
  value,
  value.toUpperCase(),
  encodeURIComponent(value),
  Buffer.from(value).toString('base64'),
  Buffer.from(value).toString('hex'),
]);
/** A page that repeats everything that it was sent. */
const echo = `<h1>Oops</h1> ${spellings.join(' | ')}`;
const errors = JSON.stringify({ errors: [`Data violation: ${spellings.join(' ')}`] });

/** All rows that keep what a PSA said, and what the API answers about them. */
async function everythingKept(w: PsaWorld): Promise<string> {
  const tables = ['attempts', 'deliveries', 'writes', 'ticket_groups', 'alerts', 'way_outs', 'connections'];
  const rows = await Promise.all(tables.map((table) => w.rows(`select * from ${table}`)));
  const shown = await w.db.inWorkspace(w.workspaceId, async (tx) => {
    const ids = (await tx.query('select id from alerts')).rows.map(({ id }) => id);
    const deliveries = await loadDeliveriesOf(tx, w.workspaceId, ids);
    const sent = await loadSent(tx, w.workspaceId, deliveries);
    return deliveries.map((delivery) => toDelivery(delivery, sent));
  });
  return JSON.stringify([rows, shown, w.stopped]);
}

const leaksIn = (text: string) =>
  spellings.filter((spelling) => text.toLowerCase().includes(spelling.toLowerCase()));

it.each([
  ['an unclear page', { kind: 'beforeCommit', status: 502, body: echo }, 'uncertain', 'Oops'],
  ['a refusal', { kind: 'beforeCommit', status: 400, body: errors }, 'failed', 'Data violation'],
  ['a server error', { kind: 'beforeCommit', status: 500, body: errors }, 'failed', 'Data violation'],
  ['half an answer', { kind: 'afterCommit', status: 200, body: `{"itemId": ${echo}` }, 'uncertain', 'Oops'],
])('%s', async (_, fault, state, kept) => {
  const w = await openPsaWorld({ settleMs: 60_000 });
  await w.ticketFault(fault);
  await w.control('faults', {
    match: { path: '/query' },
    fault: { kind: 'beforeCommit', status: 503, body: echo },
    times: 'always',
  });
  await w.accept(ofAna());
  await expect.poll(() => w.states()).toEqual([state]);
  if (state === 'uncertain') {
    const looked = () => w.rows('select look_problem from attempts where look_problem is not null');
    await expect.poll(async () => (await looked()).length, { timeout: 10_000 }).toBe(1);
  }
  const text = await everythingKept(w);
  expect(text).toContain(kept);
  expect(leaksIn(text)).toEqual([]);
});
