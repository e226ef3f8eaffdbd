/** Credentials: checked by the PSA before they replace the old ones, sealed, never answered (req 48–51, promise P8). */
import { invalid, notFound, Problem } from '../errors.ts';
import type { Adapter, Check } from '../psa/contract.ts';
import { changeSettings } from '../settings/index.ts';
import { stopConnection, type Where } from './ask.ts';
import { needsOf } from './contractRules.ts';
import type { ConnectionParts } from './parts.ts';
import { type Order, recordConnection } from './record.ts';
import { adapterOf, credentialsProblem } from './session.ts';
import { type CheckRow, mustFind } from './steps.ts';
import { type ConnectionRow, findCredentials, saveSecrets, saveStep, setAttention } from './store.ts';
import { readStep, type StepValues } from './validate.ts';

/**
 * Replaces the credentials, after the PSA has accepted the new ones; secrets left out stay as they are. Then the
 * accounts are loaded, and what was held for credentials goes on.
 * @throws Problem 422 with a line for each check that failed; nothing is replaced then
 */
export async function putCredentials(
  parts: ConnectionParts,
  order: Order,
  body: StepValues,
  check: CheckRow,
): Promise<Check[]> {
  const { db, sessions, secretBox, effects, directory } = parts;
  const { workspaceId, connectionId } = order;
  const before = await db.inWorkspace(workspaceId, async (tx) => {
    const row = await mustFind(tx, order);
    await check(tx, row);
    return { row, stored: await sessions.credentialsOf(tx, workspaceId, connectionId) };
  });
  const adapter = adapterOf(parts, before.row.kind);
  const kept = before.stored.ok ? onlySecrets(adapter, before.stored.credentials) : {};
  const read = readStep(adapter.fields, 'credentials', body, new Set(Object.keys(kept)));
  if (!read.ok) throw invalid(read.errors);
  const credentials = { ...kept, ...(read.values as Record<string, string>), ...read.secrets };
  const checks = await probe(parts, order, before.row, credentials);
  const failed = checks.filter(({ ok }) => !ok);
  if (failed.length > 0) throw refusedCredentials(failed);
  await changeSettings(db, workspaceId, async (tx) => {
    const now = await mustFind(tx, order);
    await check(tx, now);
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
    await recordConnection(tx, parts, order, {
      action: 'connection.credentials',
      before: now,
      replacedSecrets: Object.keys(read.secrets),
    });
  });
  await effects.onChanged(workspaceId, connectionId);
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
  { kind, steps }: ConnectionRow,
  credentials: Record<string, string>,
): Promise<Check[]> {
  const { session, adapter } = sessions.probe(workspaceId, connectionId, { kind, credentials });
  return session.verify(needsOf(adapter, steps));
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
 * Checks the stored credentials line by line. A refused login sets *attention*; a good check clears it. Neither says
 * anything of other credentials that are saved meanwhile.
 * @throws Problem 409 when there are none that can be used
 */
export async function verify(parts: ConnectionParts, order: Order): Promise<Check[]> {
  const { db, sessions, effects } = parts;
  const { workspaceId, connectionId } = order;
  const stored = await db.inWorkspace(workspaceId, async (tx) => {
    const row = await mustFind(tx, order);
    const credentials = await sessions.credentialsOf(tx, workspaceId, connectionId);
    return { row, credentials };
  });
  const found = stored.credentials;
  if (!found.ok) throw credentialsProblem(found.reason);
  const checks = await probe(parts, order, stored.row, found.credentials);
  const refused = checks.find(({ reason }) => reason === 'auth');
  if (refused) {
    await stopConnection(parts, order, `The PSA refuses the login. ${refused.text}`, found.revision);
  }
  const more = { after: checkMembers(checks) };
  if (checks.some(({ ok }) => !ok)) {
    await db.inWorkspace(workspaceId, async (tx) => {
      const before = await mustFind(tx, order);
      await recordConnection(tx, parts, order, { action: 'connection.verify', before, more });
    });
    return checks;
  }
  await changeSettings(db, workspaceId, async (tx) => {
    const before = await mustFind(tx, order);
    // Of credentials that were saved meanwhile nothing has been learnt.
    if (before.credentials_revision === found.revision) {
      const changed = await setAttention(tx, workspaceId, connectionId, null);
      if (changed) await effects.onCredentialsRenewed(tx, workspaceId, connectionId);
    }
    await recordConnection(tx, parts, order, { action: 'connection.verify', before, more });
  });
  await effects.onChanged(workspaceId, connectionId);
  return checks;
}

const checkMembers = (checks: readonly Check[]): Record<string, string> =>
  Object.fromEntries(checks.map(({ label, ok, text }) => [`Check of ${label}`, ok ? 'passed' : text]));
