/** What holds when somebody is to be an administrator no longer, whatever the way: a role, a removal, a command. */
import type { By } from '../../audit/index.ts';
import type { PeopleDatabase, Tx } from '../../db/database.ts';
import { Problem } from '../../errors.ts';
import { deleteInvitationsBy, lockAdministrators } from './memberStore.ts';
import { recordChange } from './recordChange.ts';

const lastAdministrator = new Problem(
  409,
  'lastAdministrator',
  'This is the last administrator of the workspace. Make somebody else an administrator first.',
);

const noAdministrator = new Problem(403, 'forbidden', 'Only administrators can do this.');

/**
 * Ends what somebody could do as an administrator: the invitations that are still open end too. The workspace's
 * administrators are held still until the transaction ends. Nothing happens to whoever is none.
 * @throws Problem 409 when nobody would be left to administer
 */
export async function endAdministration(
  people: PeopleDatabase,
  tx: Tx,
  workspaceId: string,
  by: By,
  userId: string,
): Promise<void> {
  const administrators = await lockAdministrators(tx, workspaceId);
  if (!administrators.includes(userId)) return;
  if (administrators.length === 1) throw lastAdministrator;
  for (const { id, email, role } of await deleteInvitationsBy(tx, workspaceId, userId)) {
    await recordChange(people, tx, workspaceId, by, {
      action: 'invitation.remove',
      target: { kind: 'invitation', id, name: email },
      before: { role },
    });
  }
}

/**
 * Whoever invites is an administrator until the transaction ends: what the gate knows may be two seconds old, and an
 * invitation that is made after the end of its maker would end with nobody.
 * @throws Problem 403
 */
export async function staysAdministrator(tx: Tx, workspaceId: string, userId: string): Promise<void> {
  const administrators = await lockAdministrators(tx, workspaceId);
  if (!administrators.includes(userId)) throw noAdministrator;
}
