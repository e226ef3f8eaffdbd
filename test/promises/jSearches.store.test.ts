/** Faults that are more than one answer (promises §3.4): rights, redirects, searches that lie, outages. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, type TestContext } from 'vitest';
import { conclude } from '../harness/conclude.ts';
import { noFindings } from '../psa/faultRuns.ts';
import { anAlert } from '../support/alerts.ts';
import { openPsaWorld, type PsaWorld } from '../support/psa.ts';
import { simulatorCredentials } from '../support/steps.ts';
import { countOf, mostTestMs } from './counts.ts';

type Context = Pick<TestContext, 'onTestFinished'>;
const timed = { timeout: mostTestMs };
const quick = { settleMs: 1_000 };
const search = { method: 'POST', path: '/(Tickets|TicketNotes)/query$' };
const apiCalls = (w: PsaWorld) => w.requests(/V1\.0\//);

describe.concurrent('the PSA misbehaves for a while', () => {
  it(
    'J-3: a missing right parks what needs it; a refused login stops the connection',
    timed,
    async ({ onTestFinished }: Context) => {
      const found = noFindings();
      const check = (holds: boolean, words: string) => holds || found.other.push(words);
      for (let run = 0; run < countOf('J-3'); run += 1) {
        const secret = 'Another-1';
        let other = '';
        const credentialsOf = (id: string) => ({ ...simulatorCredentials, ...(id === other && { secret }) });
        const w = await openPsaWorld({ ...quick, credentialsOf }, onTestFinished);
        other = await addConnection(w);
        await w.ticketFault({
          kind: 'beforeCommit',
          status: 403,
          body: '{"errors":["Sim-Secret-1 may not"]}',
        });
        await w.accept(anAlert());
        await w.accept(anAlert());
        await w.settled();
        const states = (await w.states()).toSorted();
        check(states.join() === 'delivered,failed', `403: ${states}`);
        const [parked] = await w.rows(`select problem from deliveries where delivery_state = 'failed'`);
        check(/lacks a right/.test(parked.problem), `403 says: ${parked.problem}`);
        if (/Sim-Secret-1/.test(parked.problem)) found.leaked.push(parked.problem);
        await w.control('set', { credentials: { secret } });
        const before = await apiCalls(w);
        await w.accept(anAlert());
        await expect.poll(() => w.stopped.length, { timeout: 10_000 }).toBe(1);
        await sleep(300);
        check((await apiCalls(w)) - before === 1, `401: ${(await apiCalls(w)) - before} calls`);
        check((await w.tickets()).length === 1, '401: a ticket was made');
        await w.accept(anAlert({ organization: { externalId: ofOther } }));
        const goesOn = async () => (await w.states()).at(-1) === 'delivered';
        await expect
          .poll(goesOn, { timeout: 10_000 })
          .toBe(true)
          .catch(() => found.lost.push('401: the other connection stands still'));
        check(w.stopped.join().startsWith(w.connectionId), `401: stopped ${w.stopped}`);
        await w.close();
      }
      conclude('J-3', found);
    },
  );

  it('J-11: redirects are not followed', timed, async ({ onTestFinished }: Context) => {
    const found = noFindings();
    let calls = 0;
    const elsewhere = createServer((_request, response) => {
      calls += 1;
      response.end('{"itemId":1,"items":[],"url":"http://127.0.0.1/"}');
    });
    await new Promise<void>((listening) => elsewhere.listen(0, '127.0.0.1', listening));
    onTestFinished(() => void elsewhere.close());
    const local = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`;
    const w = await openPsaWorld(quick, onTestFinished);
    for (let run = 0; run < countOf('J-11'); run += 1) {
      for (const status of [301, 302, 307, 308]) {
        for (const location of [local, 'http://169.254.169.254/latest/meta-data']) {
          const fault = { kind: 'beforeCommit', status, headers: { location } };
          await w.reopenSession();
          await w.control('faults', [
            { match: { path: 'zoneInformation' }, fault },
            { match: { method: 'POST', path: '/Tickets$' }, fault },
          ]);
          const before = (await w.tickets()).length;
          await w.accept(anAlert());
          await w.settled();
          const made = (await w.tickets()).length - before;
          if (made !== 1) found.other.push(`${status} to ${location}: ${made} tickets`);
        }
      }
    }
    if (calls > 0) found.leaked.push(`${calls} calls to the second host`);
    conclude('J-11', found);
  });

  it('J-17: searches that lie are not believed', timed, async ({ onTestFinished }: Context) => {
    const found = noFindings();
    const w = await openPsaWorld({ ...quick, simulator: { settings: { searchLagMs: 200 } } }, onTestFinished);
    for (let n = 0; n < 3; n += 1) await w.accept(anAlert());
    await w.settled();
    for (let run = 0; run < countOf('J-17'); run += 1) {
      const lies = [
        ['ignores the filter, and it was made', 'afterCommit', { answer: 'ignoreFilter' }],
        ['ignores the filter, and it was not made', 'beforeCommit', { answer: 'ignoreFilter' }],
        ['finds tickets of others', 'afterCommit', { answer: 'rewrite', rename: { externalID: 'other' } }],
        ['finds nothing at first', 'afterCommit', { answer: 'emptyResult' }],
      ] as const;
      for (const [name, kind, lie] of lies) {
        w.simulator.state.faults.clear();
        const before = (await w.tickets()).length;
        await w.ticketFault({ kind, answer: 'reset' });
        const times = lie.answer === 'emptyResult' ? 1 : 'always';
        await w.control('faults', { match: search, fault: { kind: 'beforeCommit', ...lie }, times });
        await w.accept(anAlert());
        if (times === 'always') {
          // Longer than the settle window and the two misses that would allow to send again.
          await sleep(2_500);
          const last = (await w.states()).at(-1);
          if (last !== 'uncertain') found.other.push(`${name}: ${last} while the search lies`);
          const made = (await w.tickets()).length - before;
          if (made !== (kind === 'afterCommit' ? 1 : 0)) found.duplicated.push(`${name}: ${made} meanwhile`);
          w.simulator.state.faults.clear();
          w.worker.wake(w.workspaceId, [w.connectionId]);
        }
        await w.settled();
        const made = (await w.tickets()).length - before;
        if (made === 0) found.lost.push(name);
        if (made > 1) found.duplicated.push(`${name}: ${made}`);
      }
    }
    conclude('J-17', found);
  });

  it('J-19: an outage is probed, and its end is noticed', timed, async ({ onTestFinished }: Context) => {
    const found = noFindings();
    const alerts = 6;
    for (let run = 0; run < countOf('J-19'); run += 1) {
      const w = await openPsaWorld(quick, onTestFinished);
      const down = {
        kind: 'beforeCommit',
        status: 503,
        body: '<h1>Maintenance</h1>',
        contentType: 'text/html',
      };
      await w.control('faults', { match: {}, fault: down, times: 'always' });
      for (let n = 0; n < alerts; n += 1) await w.accept(anAlert());
      await sleep(2_000);
      const calls = (await w.requests(/./)) as number;
      // One probe every 45 s at the longest: 107 ms here, and shorter ones before.
      if (calls > 60) found.other.push(`${calls} calls in an outage of 2 s`);
      w.simulator.state.faults.clear();
      // Not every third: two look-ups that miss and one more write would meet it with the write again and again.
      await w.control('faults', { match: { every: 4 }, fault: down, times: 'always' });
      await w.settled(60_000);
      const list = await w.tickets();
      if (list.length < alerts) found.lost.push(`${alerts - list.length} of ${alerts}`);
      if (list.length > alerts) found.duplicated.push(`${list.length} tickets for ${alerts} alerts`);
      await w.close();
    }
    conclude('J-19', found);
  });
});

/** The organization whose alerts go to the other connection. */
const ofOther = 'org-18';

/** A second connection with an organization of its own; answers its id. */
async function addConnection(w: PsaWorld): Promise<string> {
  const [made] = await w.rows(
    `with made as (
       insert into connections (workspace_id, id, name, kind, connection_state, is_default, steps)
       select workspace_id, gen_random_uuid(), 'Another PSA', kind, connection_state, false, steps from connections
       returning id
     ), known as (
       insert into organizations (workspace_id, id, name, delivery_enabled, delivery_tickets, delivery_email, connection_id)
       select current_workspace(), gen_random_uuid(), 'Eastwind', true, true, true, id from made returning id
     ), named as (
       insert into organization_references (workspace_id, organization_id, ordinal, kind, value)
       select current_workspace(), id, 0, 'id', $1 from known
     )
     select id from made`,
    [ofOther],
  );
  return made.id;
}
