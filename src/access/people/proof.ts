/** What somebody must have shown before reading or changing what they sign in with (ASVS 6.3.3, 6.3.4, 7.5.1). */
import { Problem } from '../../errors.ts';
import { recentSignInNeeded, secondFactorNeeded, signInNeeded } from '../../http/index.ts';
import type { Asking, Gate, Person } from './gate.ts';

const ownFactorNeeded = new Problem(
  403,
  'secondFactorNeeded',
  'You have a second factor: show it first, then go on.',
);

/** @throws Problem 401 without a session */
export async function mustBePerson(gate: Gate, asking: Asking): Promise<Person> {
  const person = await gate.find(asking);
  if (!person) throw signInNeeded;
  return person;
}

/**
 * Whoever has a second factor must have shown it; whoever has none may set one up.
 * @throws Problem
 */
async function mustHaveShownOwnFactor(gate: Gate, asking: Asking): Promise<Person> {
  const person = await mustBePerson(gate, asking);
  const { session } = person;
  if (session.has_second_factor && session.second_factor_at === null) throw ownFactorNeeded;
  return person;
}

/**
 * Looks at and changes what belongs to the person: with the own second factor shown, and with one at all where the
 * workspace demands it. Whoever belongs to none meets no demand.
 * @throws Problem
 */
export async function mayUseOwn(gate: Gate, asking: Asking): Promise<Person> {
  const person = await mustHaveShownOwnFactor(gate, asking);
  if (person.session.second_factor_at !== null || person.places.length === 0) return person;
  if (gate.placeOf(person, asking).isSecondFactorDemanded) throw secondFactorNeeded;
  return person;
}

/**
 * Changes what the person signs in with: the last proof must be recent, too. No demand of a workspace counts here, for
 * this is how somebody meets it.
 * @throws Problem
 */
export async function mayChangeCredentials(gate: Gate, asking: Asking): Promise<Person> {
  const person = await mustHaveShownOwnFactor(gate, asking);
  if (gate.isOld(person.session)) throw recentSignInNeeded;
  return person;
}
