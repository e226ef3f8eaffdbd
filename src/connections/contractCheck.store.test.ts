/** The daily look at what Herald depends on at a PSA, against the simulator (promises J-12). */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ConnectionApi, path, startConnectionApi } from './fixtures/connectionApi.ts';

let api: ConnectionApi;
let id: string;
beforeAll(async () => {
  api = await startConnectionApi(5);
  id = await api.activate();
  await api.connections.checkContracts();
});
afterAll(() => api.close());
beforeEach(async () => {
  api.simulator.state.faults.clear();
  await rows(`update connections set attention = null, connection_state = 'active'`);
});

const rows = (text: string) => api.db.inWorkspace(api.workspaceId, async (tx) => (await tx.query(text)).rows);

/** A day passes, and the sweep comes. */
async function tomorrow(): Promise<void> {
  await rows('update contract_checks set due_at = clock_timestamp()');
  await api.connections.checkContracts();
}

const hoursUntilNext = async () =>
  (
    await rows('select extract(epoch from due_at - clock_timestamp()) / 3600 as hours from contract_checks')
  ).map(({ hours }) => Number(hours));
const notices = async (): Promise<string[]> =>
  (await api.get(id)).notices.map(({ text }: { text: string }) => text);

async function control(what: string, body: unknown): Promise<void> {
  const answer = await fetch(`${api.simulator.url}/control/${what}`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(200);
}

const setQueue = (isActive: boolean) =>
  control('set', { picklist: { field: 'queueID', value: 8, isActive } });

/** Calls that count against the quota. */
async function calls(): Promise<number> {
  const ledger = await fetch(`${api.simulator.url}/control/ledger?kind=requests`);
  const { requests } = (await ledger.json()) as { requests: { path: string }[] };
  return requests.filter((request) => /V1\.0\//.test(request.path)).length;
}

async function callsOf(work: () => Promise<unknown>): Promise<number> {
  const before = await calls();
  await work();
  return (await calls()) - before;
}

/** The field list of tickets as the simulator has it, changed, for as long as no fault is cleared. */
async function changeFields(change: (fields: { name: string }[]) => object[]): Promise<void> {
  const { fields } = await readFields();
  await control('faults', {
    match: { method: 'GET', path: '/Tickets/entityInformation/fields' },
    fault: { kind: 'beforeCommit', status: 200, body: JSON.stringify({ fields: change(fields) }) },
    times: 'always',
  });
}

async function readFields(): Promise<{ fields: { name: string }[] }> {
  const zone = await fetch(
    `${api.simulator.url}/atservicesrest/v1.0/zoneInformation?user=api.user@msp.example`,
  );
  const { url } = (await zone.json()) as { url: string };
  const headers = {
    ApiIntegrationCode: 'SIMULATORTRACKINGCODE000001',
    UserName: 'api.user@msp.example',
    Secret: 'Sim-Secret-1',
  };
  const answer = await fetch(`${url}V1.0/Tickets/entityInformation/fields`, { headers });
  return (await answer.json()) as { fields: { name: string }[] };
}

describe('what is found', () => {
  it('is nothing while all is as it was, with few calls', async () => {
    expect(await callsOf(tomorrow)).toBe(8);
    expect(await notices()).toEqual([]);
  });

  it('is a list value that is deactivated, before an alert needs it, until it can be used again', async () => {
    await setQueue(false);
    await tomorrow();
    expect(await notices()).toEqual([
      'Ticket Queue: "Monitoring Alert" cannot be used in the PSA any more. Choose another one in the step tickets.',
    ]);
    await setQueue(true);
    await tomorrow();
    expect(await notices()).toEqual([]);
  });

  it('is a field that is gone, with its list, and a new one that is required', async () => {
    await changeFields((fields) => [
      ...fields.filter(({ name }) => name !== 'source'),
      { name: 'costCentre', isRequired: true, isReadOnly: false },
    ]);
    await tomorrow();
    expect(new Set(await notices())).toEqual(
      new Set([
        expect.stringMatching(/field "source".*is gone or renamed/),
        expect.stringMatching(/new required field "costCentre"/),
      ]),
    );
    api.simulator.state.faults.clear();
    await tomorrow();
    expect(await notices()).toEqual([]);
  });

  it('is a right that is missing', async () => {
    const none = { canCreate: false, canQuery: true, userAccessForCreate: 'None', userAccessForQuery: 'All' };
    await control('faults', {
      match: { path: '/TicketNotes/entityInformation$' },
      fault: { kind: 'beforeCommit', status: 200, body: JSON.stringify({ info: none }) },
    });
    await tomorrow();
    expect(await notices()).toEqual([
      'Create ticket notes: Allow it for ticket notes in the security level of the API user.',
    ]);
    await tomorrow();
    expect(await notices()).toEqual([]);
  });

  it('leaves the notices of deliveries alone', async () => {
    await rows(
      `insert into connection_notices (workspace_id, connection_id, matter, words)
       values (current_workspace(), '${id}', 'ticketQueue', 'The queue was refused.')`,
    );
    await tomorrow();
    expect(await notices()).toEqual(['The queue was refused.']);
    await rows('delete from connection_notices');
  });
});

describe('when it is looked over', () => {
  it('is once a day, by one process', async () => {
    await rows('update contract_checks set due_at = clock_timestamp()');
    const sweep = () => api.connections.checkContracts();
    expect(await callsOf(() => Promise.all([sweep(), sweep(), sweep()]))).toBe(8);
    expect(await callsOf(sweep)).toBe(0);
    const [hours] = await hoursUntilNext();
    expect(hours).toBeGreaterThan(11.9);
    expect(hours).toBeLessThan(36);
  });

  it('is a time of its own for each connection, within the first day', async () => {
    await rows('delete from contract_checks');
    expect(await callsOf(() => api.connections.checkContracts())).toBe(0);
    const [first] = await hoursUntilNext();
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThan(24);
    await tomorrow();
    const [next] = await hoursUntilNext();
    const apart = Math.abs((next as number) - (first as number)) % 24;
    expect(Math.min(apart, 24 - apart)).toBeLessThan(0.1);
  });

  it('is never while it is paused, waits for a person, or is a draft', async () => {
    for (const change of [
      `connection_state = 'paused'`,
      `attention = 'The PSA refuses the login.'`,
      `connection_state = 'draft'`,
    ]) {
      await rows(`update connections set attention = null, connection_state = 'active'`);
      await rows(`update connections set ${change}`);
      expect(await callsOf(tomorrow)).toBe(0);
    }
    // Looked at again soon after it is resumed.
    expect((await hoursUntilNext())[0]).toBeLessThanOrEqual(1);
  });

  it('is an hour later while the PSA does not answer, and what was known stays', async () => {
    await setQueue(false);
    await tomorrow();
    await control('faults', {
      match: { path: 'ThresholdInformation' },
      fault: { kind: 'beforeCommit', status: 503, body: 'down' },
      times: 'always',
    });
    expect(await callsOf(tomorrow)).toBe(1);
    expect(await notices()).toHaveLength(1);
    expect((await hoursUntilNext())[0]).toBeLessThanOrEqual(1);
    await setQueue(true);
    api.simulator.state.faults.clear();
    await tomorrow();
  });

  it('is later while the PSA has asked for a pause, or our share is used up', async () => {
    await rows(
      `insert into connection_budgets (workspace_id, connection_id, quota, window_ms, is_spread, waits_for, waits_since,
                                       waits_until)
       values (current_workspace(), '${id}', 10000, 3600000, false, 'asked', now(), now() + interval '1 minute')`,
    );
    expect(await callsOf(tomorrow)).toBe(0);
    await rows('update connection_budgets set waits_for = null, waits_until = null');
    await rows(`insert into call_counts values (current_workspace(), '${id}', now(), 4495)`);
    expect(await callsOf(tomorrow)).toBe(0);
    expect((await hoursUntilNext())[0]).toBeLessThanOrEqual(1);
    await rows('delete from call_counts');
    expect(await callsOf(tomorrow)).toBe(8);
  });

  it('is not after a refused login, which stops the connection', async () => {
    await control('set', { credentials: { secret: 'Another-1' } });
    await tomorrow();
    expect((await api.get(id)).health).toMatchObject({ state: 'attention' });
    expect(await callsOf(tomorrow)).toBe(0);
    await control('set', { credentials: { secret: 'Sim-Secret-1' } });
  });

  it('ends with its connection', async () => {
    const removed = await api.activate('Removed');
    await api.connections.checkContracts();
    expect((await api.call('DELETE', path(removed))).status).toBe(204);
    expect(await callsOf(tomorrow)).toBe(8);
  });
});

describe('contracts that are put on tickets (req 93)', () => {
  it('that have ended, or are hidden, are told by name; while contracts are off nothing is asked', async () => {
    const org = await api.organization('Northwind');
    const contract = { organizationId: org, accountId: '202', contractId: '29683612' };
    const put = (more: string, body: object) => api.call('PUT', path(id, more), { body });
    expect((await put('/mappings', { mappings: [contract] })).status).toBe(200);
    const usual = await callsOf(tomorrow);
    await put('/steps/contracts', { addContracts: true, syncUsers: false });
    expect(await callsOf(tomorrow)).toBe(usual + 3);
    expect(await notices()).toEqual([]);

    api.simulator.state.tables.Contracts.update(29_683_612, { status: 0 });
    await tomorrow();
    expect(await notices()).toEqual([
      'The contract Managed services of Northwind is not in force any more: tickets are made without it. Choose another one in the step contracts.',
    ]);
    const known = (await api.call('GET', path(id, '/mappings'))).body.contracts;
    expect(known).toMatchObject([{ id: '29683612', name: 'Managed services', isActive: false }]);

    api.simulator.state.tables.Contracts.update(29_683_612, { status: 1 });
    await control('set', { rights: { Contracts: { query: false } } });
    await tomorrow();
    expect((await notices()).join()).toContain('Read contracts');
    await control('set', { rights: {} });
    await tomorrow();
    expect(await notices()).toEqual([]);
    await put('/steps/contracts', { addContracts: false, syncUsers: false });
    await put('/mappings', { mappings: [] });
  });
});
