/**
 * Invitations that an API key has made. A key that is revoked leaves nothing behind by which somebody could still come in:
 * its open invitations are void from then on. Keys have no date on which they end; the one of HERALD_API_KEY ends when the
 * variable is another, or is gone, at a start.
 */
import { createHmac } from 'node:crypto';
import { type By, bySystem } from '../../audit/index.ts';
import type { PeopleDatabase, Tx } from '../../db/database.ts';
import { Problem } from '../../errors.ts';
import { environmentKeyId } from '../../http/index.ts';
import { deriveKey, type MasterKey } from '../../secrets/index.ts';
import { holdKey } from '../store.ts';
import {
  environmentPrefix,
  type InvitationRow,
  voidInvitationsOfEnvironment,
  voidInvitationsOfKey,
} from './memberStore.ts';
import { recordChange } from './recordChange.ts';

const keyRevoked = new Problem(401, 'unauthorized', 'This API key was revoked. Use another one.');

/**
 * What an invitation by this key is made with. The key is valid until the transaction ends: what the process knows of it
 * may be some seconds old, and an invitation made after the end of its key would end with nothing.
 * @param mark of HERALD_API_KEY
 * @throws Problem 401
 */
export async function madeWithKey(
  people: PeopleDatabase,
  tx: Tx,
  { workspaceId, keyId, mark }: { workspaceId: string; keyId: string; mark: string | undefined },
): Promise<string> {
  if (keyId === environmentKeyId) return environmentPrefix + (mark ?? '');
  if (!(await people.asApplication(tx, workspaceId, (app) => holdKey(app, workspaceId, keyId)))) {
    throw keyRevoked;
  }
  return keyId;
}

/** Ends the invitations of a key that has been revoked in this transaction; each has its entry in the audit. */
export async function endInvitationsOfKey(
  people: PeopleDatabase,
  tx: Tx,
  workspaceId: string,
  by: By,
  keyId: string,
): Promise<void> {
  for (const ended of await voidInvitationsOfKey(tx, workspaceId, keyId)) {
    await recordVoid(people, tx, by, ended);
  }
}

/** Ends the invitations made with an earlier HERALD_API_KEY. @param marks of the one there is, by each master key */
export async function endInvitationsOfEnvironment(
  people: PeopleDatabase,
  marks: readonly string[],
): Promise<void> {
  await people.transaction(async (tx) => {
    for (const ended of await voidInvitationsOfEnvironment(tx, marks)) {
      await recordVoid(people, tx, bySystem('people'), ended);
    }
  });
}

const recordVoid = (people: PeopleDatabase, tx: Tx, by: By, invitation: InvitationRow): Promise<void> =>
  recordChange(people, tx, invitation.workspace_id, by, {
    action: 'invitation.void',
    target: { kind: 'invitation', id: invitation.id, name: invitation.email },
    before: { role: invitation.role },
  });

/**
 * By which HERALD_API_KEY is known again, one per master key, the current one first. Whoever reads the database cannot try
 * keys out by them.
 */
export function marksOfKey(apiKey: string | undefined, masterKeys: readonly MasterKey[]): string[] {
  if (apiKey === undefined) return [];
  return masterKeys.map((master) =>
    createHmac('sha256', deriveKey(master, 'environment-key')).update(apiKey).digest('hex').slice(0, 32),
  );
}
