/** Saving a step: read, judged by the adapter's declaration, judged by the PSA, then stored whole (req 48–105). */
import type { Tx } from '../db/database.ts';
import { invalid, notFound } from '../errors.ts';
import type { Adapter, Choice, Step } from '../psa/contract.ts';
import { changeSettings } from '../settings/index.ts';
import {
  type AccountUse,
  attachesContacts,
  catchAllUse,
  checkAccounts,
  checkContacts,
} from './accountRules.ts';
import { type Asking, beginAsking, unwrap, type Where } from './ask.ts';
import { checkChoices, namesOfChoices, neededLists } from './choices.ts';
import { findWrongServices, servicesIn } from './contractRules.ts';
import { listMappings } from './mappingStore.ts';
import { forgetContacts, type ListName, rememberNames } from './nameStore.ts';
import { keepNoTicket } from './noTicket.ts';
import type { ConnectionParts } from './parts.ts';
import { type Order, recordConnection } from './record.ts';
import { adapterOf } from './session.ts';
import { type ConnectionRow, findConnection, saveStep } from './store.ts';
import { missingIn, readStep, type StepValues } from './validate.ts';

/** Judges the row as it is inside the transaction of the change: `If-Match`. */
export type CheckRow = (tx: Tx, row: ConnectionRow) => Promise<void>;

/** The steps in the order in which they are taken; an adapter leaves out those for which it declares no field. */
export const steps: readonly Step[] = ['credentials', 'accounts', 'tickets', 'contracts'];

export function stepsOf(adapter: Adapter): Step[] {
  return steps.filter((step) => adapter.fields.some((field) => field.step === step));
}

/** What is complete, and what is missing where it is not; without a question to the PSA. */
export function stateOfSteps(row: ConnectionRow, adapter: Adapter) {
  const secrets = new Set(Object.keys(row.sealed));
  return stepsOf(adapter).map((step) => {
    const values = row.steps[step];
    // A step that asks for nothing is complete untouched (req 92).
    const errors = missingIn(adapter.fields, step, values ?? {}, secrets);
    return { step, complete: errors.length === 0, errors };
  });
}

export async function mustFind(tx: Tx, { workspaceId, connectionId }: Where): Promise<ConnectionRow> {
  const row = await findConnection(tx, workspaceId, connectionId);
  if (!row) throw notFound('connection');
  return row;
}

/** Saves any step but credentials. */
export async function putStep(
  parts: ConnectionParts,
  order: Order,
  step: Exclude<Step, 'credentials'>,
  body: StepValues,
  check: CheckRow,
): Promise<void> {
  const { db } = parts;
  const { workspaceId, connectionId } = order;
  const row = await db.inWorkspace(workspaceId, (tx) => mustFind(tx, order));
  const adapter = adapterOf(parts, row.kind);
  if (!stepsOf(adapter).includes(step)) throw notFound('step');
  const read = readStep(adapter.fields, step, body);
  if (!read.ok) throw invalid(read.errors);
  const asksPsa =
    step === 'accounts' ||
    neededLists(adapter.fields, step, read.values).length > 0 ||
    (step === 'contracts' && servicesIn(adapter.fields, read.values).length > 0);
  const names = asksPsa
    ? await judgeByPsa(await beginAsking(parts, order), step, read.values, row.steps.accounts)
    : [];
  await changeSettings(db, workspaceId, async (tx) => {
    const before = await mustFind(tx, order);
    await check(tx, before);
    await saveStep(tx, workspaceId, connectionId, step, read.values);
    await rememberNames(tx, workspaceId, connectionId, names);
    if (step === 'accounts') await forgetContacts(tx, workspaceId, connectionId);
    if (step === 'tickets') {
      const values = { before: before.steps.tickets, after: read.values };
      await keepNoTicket(tx, order, adapter.fields, values);
    }
    await recordConnection(tx, parts, order, { action: `connection.${step}`, before });
  });
  await parts.effects.onChanged(workspaceId, connectionId);
}

/** Answers what the PSA calls the values and contacts that were chosen. @throws Problem 422 */
async function judgeByPsa(
  asking: Asking,
  step: Step,
  values: StepValues,
  accountsBefore: StepValues | undefined,
): Promise<ListName[]> {
  const { db, adapter, session } = asking;
  const choices = new Map<string, Choice[]>();
  for (const list of neededLists(adapter.fields, step, values)) {
    choices.set(list, await unwrap(asking, await session.choices(list)));
  }
  const errors = checkChoices(adapter.fields, step, values, choices);
  if (step === 'contracts') errors.push(...(await findWrongServices(asking, adapter.fields, values)));
  if (errors.length > 0) throw invalid(errors);
  const catchAll = step === 'accounts' ? catchAllUse(adapter.fields, values) : [];
  const names = namesOfChoices(adapter.fields, step, values, choices);
  if (catchAll.length === 0) return names;
  const attach = attachesContacts(adapter.fields, values);
  const turnsOn = attach && !attachesContacts(adapter.fields, accountsBefore);
  const uses = turnsOn ? [...catchAll, ...(await mappedUses(db, asking, catchAll[0]!.place))] : catchAll;
  const accounts = await checkAccounts(asking, catchAll);
  const all = await namesOf(db, asking, accounts);
  return [...names, ...(await checkContacts(asking, uses, { attach, accounts: all }))];
}

/** Switching contacts on asks them of the accounts that are mapped already too (decision 3). */
async function mappedUses(db: ConnectionParts['db'], where: Where, place: string): Promise<AccountUse[]> {
  const rows = await db.inWorkspace(where.workspaceId, (tx) =>
    listMappings(tx, where.workspaceId, where.connectionId),
  );
  return rows.map((row) => ({
    accountId: row.account_id,
    place,
    contactId: row.contact_id ?? undefined,
    contactPlace: place,
  }));
}

type Accounts = Awaited<ReturnType<typeof checkAccounts>>;

async function namesOf(db: ConnectionParts['db'], where: Where, accounts: Accounts): Promise<Accounts> {
  const rows = await db.inWorkspace(where.workspaceId, (tx) =>
    listMappings(tx, where.workspaceId, where.connectionId),
  );
  const names = new Map(accounts);
  for (const { account_id, account_name } of rows) {
    if (names.has(account_id) || account_name === null) continue;
    const unknown = { account_number: null, web_address: null, is_active: true, filters: {} };
    names.set(account_id, { account_id, name: account_name, ...unknown });
  }
  return names;
}
