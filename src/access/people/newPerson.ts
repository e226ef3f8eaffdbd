/** A person is made: by whoever was allowed to, in one transaction. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type By, bySystem } from '../../audit/index.ts';
import type { PeopleDatabase, Tx } from '../../db/database.ts';
import { invalid, Problem } from '../../errors.ts';
import { insertMembership } from './memberStore.ts';
import { whyNotPassword } from './passwords.ts';
import { recordChange } from './recordChange.ts';
import type { Role } from './roles.ts';
import { insertUser, setPassword } from './store.ts';

export const emailText = z.email().max(254).toLowerCase();
export const nameText = z.string().trim().min(1).max(100);

export interface NewPerson {
  name: string;
  email: string;
  /** Absent for those who sign in elsewhere. */
  passwordHash?: string;
}

/** @throws Problem 422 when the password is not taken */
export async function checkPassword(password: string, email: string, field = 'password'): Promise<void> {
  const reason = await whyNotPassword(password, email);
  if (reason !== undefined) throw invalid([{ field, code: 'weak', message: `The password ${reason}` }]);
}

/**
 * Stores the person; the caller has checked the password.
 * @throws Problem 409 when somebody has that address
 */
export async function addPerson(tx: Tx, { name, email, passwordHash }: NewPerson): Promise<string> {
  const id = randomUUID();
  await insertUser(tx, { id, name, email }).catch((error: { code?: string }) => {
    throw error.code === uniqueViolation ? addressTaken : error;
  });
  if (passwordHash !== undefined) await setPassword(tx, randomUUID(), id, passwordHash);
  return id;
}

const uniqueViolation = '23505';
const addressTaken = new Problem(
  409,
  'addressTaken',
  'Somebody has signed up with this e-mail address already. Sign in, or use another address.',
);

/** Takes a person into a workspace, with the audit's entry. The person did it, unless somebody else is named. */
export async function joinWorkspace(
  people: PeopleDatabase,
  tx: Tx,
  joining: { workspaceId: string; userId: string; name: string; email: string; role: Role; by?: By },
): Promise<void> {
  const { workspaceId, userId, name, email, role, by = bySystem('people') } = joining;
  await insertMembership(tx, workspaceId, userId, role);
  await recordChange(people, tx, workspaceId, by, {
    action: 'user.join',
    target: { kind: 'user', id: userId, name },
    after: { email, role },
  });
}
