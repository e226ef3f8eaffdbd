/** Saving a step: read, judged by the adapter's declaration, judged by the PSA, then stored whole (req 48–105). */
import type { Tx } from '../db/database.ts';
import { invalid, notFound, Problem } from '../errors.ts';
import type { Adapter, Check, Choice, Step } from '../psa/contract.ts';
import { changeSettings } from '../settings/index.ts';
import {
  type AccountUse,
  attachesContacts,
  catchAllUse,
  checkAccounts,
  checkContacts,
} from './accountRules.ts';
import { stopConnection, unwrap, type Where } from './ask.ts';
import { checkChoices, neededLists } from './choices.ts';
import { listMappings } from './mappingStore.ts';
import type { ConnectionParts } from './parts.ts';
import type { OpenedSession } from './session.ts';
import {
  type ConnectionRow,
  findConnection,
  findCredentials,
  saveSecrets,
  saveStep,
  setAttention,
} from './store.ts';
import { missingIn, readStep, type StepValues } from './validate.ts';

/** Judges the row as it is inside the transaction of the change: `If-Match`. */
export type CheckRow = (row: ConnectionRow) => void;

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

export function adapterOf({ adapters }: Pick<ConnectionParts, 'adapters'>, kind: string): Adapter {
  const adapter = adapters.get(kind);
  if (!adapter) throw new Problem(409, 'kindNotBuilt', 'This PSA is not supported by this version.');
  return adapter;
}

/** Saves any step but credentials. */
export async function putStep(
  parts: ConnectionParts,
  where: Where,
  step: Step,
  body: StepValues,
  check: CheckRow,
): Promise<void> {
  const { db, sessions } = parts;
  const row = await db.inWorkspace(where.workspaceId, (tx) => mustFind(tx, where));
  const adapter = adapterOf(parts, row.kind);
  if (!stepsOf(adapter).includes(step)) throw notFound('step');
  const read = readStep(adapter.fields, step, body);
  if (!read.ok) throw invalid(read.errors);
  const opened = await sessions.openSession(where.workspaceId, where.connectionId, {
    purpose: 'interactive',
  });
  await judgeByPsa(parts, where, opened, step, read.values);
  await changeSettings(db, where.workspaceId, async (tx) => {
    check(await mustFind(tx, where));
    await saveStep(tx, where.workspaceId, where.connectionId, step, read.values);
  });
  parts.effects.onChanged(where.workspaceId, where.connectionId);
}

async function judgeByPsa(
  { db, effects }: ConnectionParts,
  where: Where,
  { adapter, session }: OpenedSession,
  step: Step,
  values: StepValues,
): Promise<void> {
  const choices = new Map<string, Choice[]>();
  for (const list of neededLists(adapter.fields, step, values)) {
    choices.set(list, await unwrap({ db, effects }, where, await session.choices(list)));
  }
  const errors = checkChoices(adapter.fields, step, values, choices);
  if (errors.length > 0) throw invalid(errors);
  const catchAll = step === 'accounts' ? catchAllUse(adapter.fields, values) : [];
  if (catchAll.length === 0) return;
  const asking = { db, effects, session, ...where };
  const attach = attachesContacts(adapter.fields, values);
  const uses = attach ? [...catchAll, ...(await mappedUses(db, where, catchAll[0]!.place))] : catchAll;
  const accounts = await checkAccounts(asking, catchAll);
  await checkContacts(asking, uses, { attach, accounts: await namesOf(db, where, accounts) });
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

/**
 * Replaces the credentials, after the PSA has accepted the new ones; secrets left out stay as they are. Then the
 * accounts are loaded, and what was held for credentials goes on.
 * @throws Problem 422 with a line for each check that failed; nothing is replaced then
 */
export async function putCredentials(
  parts: ConnectionParts,
  where: Where,
  body: StepValues,
  check: CheckRow,
): Promise<Check[]> {
  const { db, sessions, secretBox, effects, directory } = parts;
  const { workspaceId, connectionId } = where;
  const before = await db.inWorkspace(workspaceId, async (tx) => ({
    row: await mustFind(tx, where),
    stored: await sessions.credentialsOf(tx, workspaceId, connectionId),
  }));
  check(before.row);
  const adapter = adapterOf(parts, before.row.kind);
  const kept = before.stored.ok ? onlySecrets(adapter, before.stored.credentials) : {};
  const read = readStep(adapter.fields, 'credentials', body, new Set(Object.keys(kept)));
  if (!read.ok) throw invalid(read.errors);
  const credentials = { ...kept, ...(read.values as Record<string, string>), ...read.secrets };
  const checks = await probe(parts, where, before.row.kind, credentials);
  const failed = checks.filter(({ ok }) => !ok);
  if (failed.length > 0) throw refusedCredentials(failed);
  await changeSettings(db, workspaceId, async (tx) => {
    check(await mustFind(tx, where));
    const row = await findCredentials(tx, workspaceId, connectionId);
    if (!row) throw notFound('connection');
    const sealed = Object.entries({ ...kept, ...read.secrets }).map(([field, secret]) => [
      field,
      secretBox.seal({ workspaceId, connectionId, field }, secret, row.data_key),
    ]);
    await saveStep(tx, workspaceId, connectionId, 'credentials', read.values);
    await saveSecrets(tx, workspaceId, connectionId, Object.fromEntries(sealed));
    await setAttention(tx, workspaceId, connectionId, null);
    await effects.onCredentialsRenewed(tx, workspaceId, connectionId);
  });
  effects.onChanged(workspaceId, connectionId);
  await directory.refresh(workspaceId, connectionId);
  return checks;
}

function onlySecrets({ fields }: Adapter, credentials: Record<string, string>): Record<string, string> {
  const secret = new Set(fields.filter(({ kind }) => kind === 'secret').map(({ key }) => key));
  return Object.fromEntries(Object.entries(credentials).filter(([key]) => secret.has(key)));
}

async function probe(
  { sessions }: ConnectionParts,
  { workspaceId, connectionId }: Where,
  kind: string,
  credentials: Record<string, string>,
): Promise<Check[]> {
  return sessions.probe(workspaceId, connectionId, { kind, credentials }).session.verify();
}

/** Req 51: says that the credentials are invalid, and line by line why. */
function refusedCredentials(failed: readonly Check[]): Problem {
  const errors = failed.map(({ key, label, text }) => ({
    field: key,
    code: 'checkFailed',
    message: `${label}: ${text}`,
  }));
  const lines = errors.map(({ message }) => message).join(' ');
  return new Problem(422, 'credentialsInvalid', `The credentials are invalid or lack rights. ${lines}`, {
    errors,
  });
}

/**
 * Checks the stored credentials line by line. A refused login sets *attention*; a good check clears it.
 * @throws Problem 409 when there are none
 */
export async function verify(parts: ConnectionParts, where: Where): Promise<Check[]> {
  const { db, sessions, effects } = parts;
  const { workspaceId, connectionId } = where;
  const found = await db.inWorkspace(workspaceId, async (tx) => {
    await mustFind(tx, where);
    return sessions.credentialsOf(tx, workspaceId, connectionId);
  });
  if (!found.ok) throw new Problem(409, 'credentialsMissing', 'Enter the credentials first.');
  const { session, sawRefusal } = sessions.probe(workspaceId, connectionId, found);
  const checks = await session.verify();
  const failed = checks.find(({ ok }) => !ok);
  if (failed && !sawRefusal()) return checks;
  if (failed) {
    await stopConnection(parts, where, `The PSA refuses the login. ${failed.text}`);
    return checks;
  }
  await changeSettings(db, workspaceId, async (tx) => {
    const changed = await setAttention(tx, workspaceId, connectionId, null);
    if (changed) await effects.onCredentialsRenewed(tx, workspaceId, connectionId);
  });
  effects.onChanged(workspaceId, connectionId);
  return checks;
}
