/** What people are told when they have not shown enough; the pages know what to do by the codes. */
import { Problem } from '../errors.ts';

/** One text for a session that has ended, in whatever way. */
export const signInNeeded = new Problem(401, 'unauthorized', 'Sign in to go on.');

export const secondFactorNeeded = new Problem(
  403,
  'secondFactorNeeded',
  'This workspace asks for a second factor: set one up, or show yours.',
);

export const recentSignInNeeded = new Problem(
  403,
  'recentSignInNeeded',
  'Confirm that it is you: enter your password or a code, then try again.',
);
