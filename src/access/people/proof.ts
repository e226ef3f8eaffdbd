/** What somebody must have shown before changing what they sign in with (ASVS 6.3.4, 7.5.1). */
import { Problem } from '../../errors.ts';
import { recentSignInNeeded, signInNeeded } from '../refusals.ts';
import type { Asking, Gate, Person } from './gate.ts';

const ownFactorNeeded = new Problem(
  403,
  'secondFactorNeeded',
  'You have a second factor: show it first, then change how you sign in.',
);

/** @throws Problem 401 without a session */
export async function mustBePerson(gate: Gate, asking: Asking): Promise<Person> {
  const person = await gate.find(asking);
  if (!person) throw signInNeeded;
  return person;
}

/**
 * Whoever has a second factor must have shown it; whoever has none may set one up. The last proof must be recent.
 * @throws Problem
 */
export async function mayChangeCredentials(gate: Gate, asking: Asking): Promise<Person> {
  const person = await mustBePerson(gate, asking);
  const { session } = person;
  if (session.has_second_factor && session.second_factor_at === null) throw ownFactorNeeded;
  if (gate.isOld(session)) throw recentSignInNeeded;
  return person;
}
