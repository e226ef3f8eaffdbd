/** Contracts on tickets (req 93, 104), with a real worker and a simulated PSA. */
import { describe, expect, it } from 'vitest';
import { anAlert } from '../../test/support/alerts.ts';
import { openPsaWorld, type PsaWorld } from '../../test/support/psa.ts';

const good = 29_683_611;
const ended = 29_683_612;
const foreign = 29_683_613;

const contractOf = (id: number, more: object = {}) => ({ id, contractName: `K${id}`, ...more });
const sample = [
  { id: 217, companyName: 'Northwind', contracts: [contractOf(good), contractOf(ended, { status: 0 })] },
  { id: 218, companyName: 'Contoso', contracts: [contractOf(foreign)] },
];

/** Organizations `org-…` with account and contract; contracts are on. */
async function openContractWorld(
  mappings: readonly (readonly [reference: string, contractId: number | null])[],
): Promise<PsaWorld> {
  const w = await openPsaWorld({ simulator: { sample } });
  for (const [reference, contractId] of mappings) {
    await w.rows(
      `with made as (
         insert into organizations (workspace_id, id, name, delivery_enabled, delivery_tickets, delivery_email)
         values (current_workspace(), gen_random_uuid(), $2, true, true, true) returning id
       ), known as (
         insert into organization_references (workspace_id, organization_id, ordinal, kind, value)
         select current_workspace(), id, 0, 'id', $2 from made
       )
       insert into mappings (workspace_id, connection_id, organization_id, account_id, contract_id)
       select current_workspace(), $1, id, '217', $3 from made returning account_id`,
      [w.connectionId, reference, contractId === null ? null : String(contractId)],
    );
  }
  await w.rows(
    `update connections set steps = jsonb_set(steps, '{contracts}', '{"addContracts": true, "syncUsers": false}') returning id`,
  );
  await w.rows('update workspaces set settings_version = settings_version + 1 returning id');
  return w;
}

/** What came of one alert of the organization. */
async function ticketOf(w: PsaWorld, reference: string) {
  const alert = anAlert({ organization: { externalId: reference } });
  await w.accept(alert);
  await w.settled();
  const found = (await w.tickets()).filter(({ title }) => title.includes(alert.user?.email ?? '?'));
  expect(found).toHaveLength(1);
  return found[0] as (typeof found)[number] & { contractID: number | null };
}

const reads = (w: PsaWorld) => w.requests(/\/Contracts\/query$/);

describe('the contract of the mapping', () => {
  it('is put on each ticket of its organization, and read once for all of them', async () => {
    const w = await openContractWorld([
      ['org-1', good],
      ['org-2', ended],
      ['org-3', null],
    ]);
    expect((await ticketOf(w, 'org-1')).contractID).toBe(good);
    expect((await ticketOf(w, 'org-1')).contractID).toBe(good);
    const without = await ticketOf(w, 'org-2');
    expect(without.contractID).toBeNull();
    expect(without.description).toContain(`No contract attached: Contract K${ended} is not in force.`);
    const unmapped = await ticketOf(w, 'org-3');
    expect(unmapped.contractID).toBeNull();
    expect(unmapped.description).not.toContain('contract');
    expect(await reads(w)).toBe(1);
  });

  it.each([
    ['belongs to another account', foreign, 'belongs to another account'],
    ['is not shown by the PSA', 4711, 'does not show contract 4711'],
  ])('that %s is left out, and the ticket says so', async (_, contractId, words) => {
    const w = await openContractWorld([['org-1', contractId]]);
    const ticket = await ticketOf(w, 'org-1');
    expect(ticket.contractID).toBeNull();
    expect(ticket.description).toContain(words);
  });

  it('that the API user may not read is sent as chosen', async () => {
    const w = await openContractWorld([['org-1', good]]);
    await w.control('set', { rights: { Contracts: { query: false } } });
    expect((await ticketOf(w, 'org-1')).contractID).toBe(good);
  });

  it('that the PSA refuses all the same is left out, the ticket says so, and the operator is told', async () => {
    const w = await openContractWorld([['org-1', good]]);
    await w.ticketFault({
      kind: 'beforeCommit',
      status: 500,
      body: `{"errors":["contractID [${good}] is not associated to companyID [217] or its parent."]}`,
    });
    const ticket = await ticketOf(w, 'org-1');
    expect(ticket.contractID).toBeNull();
    expect(ticket.description).toContain('No contract attached: The PSA refused');
    const [notice] = await w.rows('select words from connection_notices');
    expect(notice.words).toContain('until the mapping is changed');
  });
});
