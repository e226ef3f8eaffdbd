/** What the PSA no longer takes (promises §3.4, J-13 to J-16 and J-22): one defined action each, and never a loop. */
import { describe, it, type TestContext } from 'vitest';
import { conclude } from '../harness/conclude.ts';
import { type Findings, noFindings } from '../psa/faultRuns.ts';
import { ofAna } from '../support/alerts.ts';
import { openPsaWorld, type PsaWorld } from '../support/psa.ts';
import { countOf, mostTestMs } from './counts.ts';

/** A settle window that lets a ticket take a note every 1.4 s, and gives the hour of promise P13 86 s. */
const quick = { settleMs: 10_000 };
const mapped = 201;
let alerts = 0;

const timed = { timeout: mostTestMs };
type Context = Pick<TestContext, 'onTestFinished'>;
type Check = (holds: boolean, words: string) => void;

const checkInto =
  (found: Findings): Check =>
  (holds, words) => {
    if (!holds) found.other.push(words);
  };

/** An alert of a user of its own: a ticket of its own. */
function anotherAlert(members: object = {}) {
  alerts += 1;
  return ofAna({ user: { email: `user${alerts}@case.example` }, externalId: `case-${alerts}.`, ...members });
}

const creations = (w: PsaWorld) => w.requests(/V1\.0\/Tickets$/);
const notices = (w: PsaWorld) => w.rows('select matter, words, times, told_at from connection_notices');
const newest = async (w: PsaWorld) => (await w.tickets()).at(-1);
const age = (w: PsaWorld) =>
  w.rows(`update ticket_groups set ticket_checked_at = now() - interval '1 hour' returning id`);

async function deliver(w: PsaWorld, members: object = {}): Promise<string> {
  const alert = anotherAlert(members);
  await w.accept(alert);
  await w.settled();
  return alert.externalId;
}

/** In how many texts of the PSA the alert stands. */
async function countIn(w: PsaWorld, id: string): Promise<number> {
  const texts = (await w.tickets()).flatMap(({ description, notes }) => [
    description,
    ...notes.map((note) => note.description),
  ]);
  return texts.filter((text) => text.includes(id)).length;
}

describe.concurrent('settings that the PSA no longer takes', () => {
  const lists: [field: string, value: number, setting: string][] = [
    ['status', 8, 'ticketStatus'],
    ['ticketType', 5, 'ticketType'],
    ['source', 8, 'ticketSource'],
    ['issueType', 10, 'issueType'],
    ['subIssueType', 136, 'subIssueType'],
    ['priority', 4, 'priorities'],
  ];

  it('J-13: a deactivated list value is replaced once', timed, async ({ onTestFinished }: Context) => {
    const found = noFindings();
    const check = checkInto(found);
    for (let run = 0; run < countOf('J-13'); run += 1) {
      for (const [field, value, setting] of lists) {
        const w = await openPsaWorld(
          { ...quick, tickets: { ticketStatus: '8', issueType: '10', subIssueType: '136' } },
          onTestFinished,
        );
        await w.control('set', { picklist: { field, value, isActive: false } });
        const id = await deliver(w, { severity: 'critical' });
        check((await countIn(w, id)) === 1, `${field}: no ticket`);
        check((await creations(w)) === 2, `${field}: ${await creations(w)} calls`);
        const told = await notices(w);
        check(told.length === 1 && told[0].matter === setting, `${field}: told ${JSON.stringify(told)}`);
        await deliver(w, { severity: 'critical' });
        check((await notices(w))[0]?.times === 2, `${field}: the notice does not count`);
        await w.close();
      }
    }
    conclude('J-13', found);
  });

  it('J-14: an inactive account falls back to the catch-all', timed, async ({ onTestFinished }: Context) => {
    const found = noFindings();
    const check = checkInto(found);
    const w = await openPsaWorld(quick, onTestFinished);
    await map(w, mapped);
    for (let run = 0; run < countOf('J-14'); run += 1) {
      await w.rows('delete from connection_notices returning matter');
      await w.control('set', { company: { id: mapped, isActive: false } });
      const ids = [await deliver(w), await deliver(w)];
      for (const id of ids) check((await countIn(w, id)) === 1, `run ${run}: not once`);
      const ticket = await newest(w);
      check(ticket?.companyID === 0, `run ${run}: in account ${ticket?.companyID}`);
      check(/PSA refused the account of/.test(ticket?.description ?? ''), 'the ticket does not say so');
      await w.control('set', { company: { id: 0, isActive: false } });
      const lost = await deliver(w);
      const [parked] = await w.rows(
        `select d.delivery_state, d.problem from deliveries d join alerts a on a.id = d.alert_id where a.external_id = $1`,
        [lost],
      );
      check(parked.delivery_state === 'failed', `run ${run}: ${parked.delivery_state}`);
      const told = await notices(w);
      check(told.length === 1 && told[0].times === 3, `run ${run}: told ${JSON.stringify(told)}`);
      await w.control('set', {
        company: [
          { id: 0, isActive: true },
          { id: mapped, isActive: true },
        ],
      });
      const back = await deliver(w);
      check((await newest(w))?.companyID === mapped, 'an active account is not used again');
      check((await countIn(w, back)) === 1, 'not once');
    }
    conclude('J-14', found);
  });

  it('J-15: an inactive contact is left out', timed, async ({ onTestFinished }: Context) => {
    const found = noFindings();
    const check = checkInto(found);
    const w = await openPsaWorld({ ...quick, attachContacts: true }, onTestFinished);
    const ids = w.simulator.state.tables.Contacts.lookUp('companyID', [0]) ?? [];
    await deliver(w);
    check((await newest(w))?.contactID !== null, 'no contact before');
    await w.control('set', { contact: ids.map((id) => ({ id, isActive: false })) });
    for (let run = 0; run < countOf('J-15'); run += 1) {
      const before = await creations(w);
      const id = await deliver(w);
      const ticket = await newest(w);
      check((await countIn(w, id)) === 1, `run ${run}: not once`);
      check(ticket?.contactID === null, `run ${run}: contact ${ticket?.contactID}`);
      check(/No contact attached/.test(ticket?.description ?? ''), `run ${run}: the ticket does not say so`);
      check((await creations(w)) - before === 2, `run ${run}: ${(await creations(w)) - before} calls`);
    }
    check((await notices(w)).length === 0, 'a contact that vanished is no matter for the operator');
    conclude('J-15', found);
  });

  it('J-22: long texts are cut by us', timed, async ({ onTestFinished }: Context) => {
    const found = noFindings();
    const check = checkInto(found);
    const w = await openPsaWorld(quick, onTestFinished);
    for (let run = 0; run < countOf('J-22'); run += 1) {
      const long = { description: 'ü😀'.repeat(60_000), title: `T${'ö'.repeat(3_000)}` };
      const before = await creations(w);
      await deliver(w, long);
      const ticket = await newest(w);
      check((ticket?.description.length ?? 0) <= 8_000, 'description too long');
      check(ticket?.description.endsWith(`ref ${ticket.externalID}`) ?? false, 'the marker is gone');
      check((await creations(w)) - before === 1, 'refused first');
      check(ticket?.description.isWellFormed() ?? false, 'half a character');
    }
    conclude('J-22', found);
  });

  const fates: [string, object][] = [
    ['closed', { status: 5 }],
    ['deleted', { deleted: true }],
    ['locked', { locked: true }],
    ['moved to another account', { companyID: mapped, contactID: null, companyLocationID: null }],
    ['merged', {}],
  ];

  it(
    'J-16: what befell a ticket costs one new ticket at most',
    timed,
    async ({ onTestFinished }: Context) => {
      const found = noFindings();
      const check = checkInto(found);
      for (let run = 0; run < countOf('J-16'); run += 1) {
        for (const [fate, change] of fates) {
          const w = await openPsaWorld(quick, onTestFinished);
          const user = { email: `${fate.split(' ')[0]}@case.example` };
          await deliver(w, { user });
          const befallen = await newest(w);
          if (fate === 'merged') await deliver(w);
          const mergedInto = fate === 'merged' ? { mergedInto: (await newest(w))?.id } : {};
          await w.control('set', { ticket: { id: befallen?.id, ...change, ...mergedInto } });
          await age(w);
          const before = await creations(w);
          const ids: string[] = [];
          for (let n = 0; n < 50; n += 1) {
            const alert = anotherAlert({ user });
            ids.push(alert.externalId);
            await w.accept(alert);
          }
          await w.settled();
          for (const id of ids) {
            const count = await countIn(w, id);
            if (count === 0) found.lost.push(`${fate}: ${id}`);
            if (count > 1) found.duplicated.push(`${fate}: ${id} ${count} times`);
          }
          const most = fate === 'merged' || fate.startsWith('moved') ? 0 : 1;
          check(
            (await creations(w)) - before <= most,
            `${fate}: ${(await creations(w)) - before} new tickets`,
          );
          await w.close();
        }
      }
      conclude('J-16', found);
    },
  );
});

/** The organization of the usual alerts has this account. */
async function map(w: PsaWorld, accountId: number): Promise<void> {
  await w.rows(
    `with made as (
       insert into organizations (workspace_id, id, name, delivery_enabled, delivery_tickets, delivery_email)
       values (current_workspace(), gen_random_uuid(), 'Northwind', true, true, true) returning id
     ), known as (
       insert into organization_references (workspace_id, organization_id, ordinal, kind, value)
       select current_workspace(), id, 0, 'id', 'org-17' from made
     )
     insert into mappings (workspace_id, connection_id, organization_id, account_id)
     select current_workspace(), $1, id, $2 from made returning account_id`,
    [w.connectionId, String(accountId)],
  );
  await w.rows('update workspaces set settings_version = settings_version + 1 returning id');
}
