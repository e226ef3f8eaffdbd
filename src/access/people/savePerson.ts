/** A person made by whoever has the database, without asking anybody else. */
import { randomUUID } from 'node:crypto';
import { bySystem } from '../../audit/index.ts';
import type { PeopleDatabase } from '../../db/database.ts';
import { endAdministration } from './administrators.ts';
import { findMember, setRole } from './memberStore.ts';
import { addPerson, checkPassword, joinWorkspace } from './newPerson.ts';
import { createHasher } from './passwords.ts';
import { recordChange } from './recordChange.ts';
import type { Role } from './roles.ts';
import { deleteSessions, findUserByEmail, forgetSecondFactors, setPassword } from './store.ts';

interface Wanted {
  workspaceId: string;
  email: string;
  name: string;
  role: Role;
  password: string;
}

const by = bySystem('command', 'herald user create');

/**
 * Makes the person; or, as the way back for one who is there, sets password and role anew, removes the second factor and
 * ends all sessions. Answers whether the person is new.
 * @throws Problem 422 when the password is not taken, 409 when nobody would be left to administer
 */
export async function savePerson(people: PeopleDatabase, wanted: Wanted): Promise<boolean> {
  const { workspaceId, email, name, role, password } = wanted;
  await checkPassword(password, email);
  const passwordHash = await createHasher().hash(password);
  return people.transaction(async (tx) => {
    const known = await findUserByEmail(tx, email);
    const userId = known?.id ?? (await addPerson(tx, { name, email, passwordHash }));
    if (role !== 'admin') await endAdministration(people, tx, workspaceId, by, userId);
    const before = await findMember(tx, workspaceId, userId);
    if (known) {
      await setPassword(tx, randomUUID(), userId, passwordHash);
      await forgetSecondFactors(tx, userId);
      await deleteSessions(tx, userId);
    }
    if (!before) await joinWorkspace(people, tx, { workspaceId, userId, name, email, role, by });
    else if (before.role !== role) {
      await setRole(tx, workspaceId, userId, role);
      await recordChange(people, tx, workspaceId, by, {
        action: 'user.role',
        target: { kind: 'user', id: userId, name: before.name },
        before: { role: before.role },
        after: { role },
      });
    }
    return !known;
  });
}
