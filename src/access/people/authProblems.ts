/** What the library refuses, in our words and with stable codes. */
import { Problem } from '../../errors.ts';
import { signInNeeded } from '../../http/index.ts';
import { tooBusy } from './passwords.ts';

/** One text, whether the account is unknown, locked, or the password is wrong (promise Q2). */
export const wrongCredentials = new Problem(
  401,
  'wrongCredentials',
  'The e-mail address or the password is not right. After ten tries an account rests for 15 minutes.',
);

export const tooManyTries = new Problem(
  429,
  'tooManyTries',
  'There were too many tries from here. Wait a while, then try again.',
  { retryAfterSeconds: 900 },
);

const wrongCode = new Problem(
  401,
  'wrongCode',
  'The code is not right, or it was used before. Wait for the next one.',
);
const beginAgain = new Problem(401, 'signInAgain', 'That took too long. Sign in again.');
const wrongPassword = new Problem(422, 'invalid', 'The password is not right.', {
  errors: [{ field: 'password', code: 'wrong', message: 'The password is not right.' }],
});
const passkeyRefused = new Problem(
  401,
  'passkeyRefused',
  'The passkey was not taken. Try again, and unlock it when your device asks.',
);

const known: Record<string, Problem> = {
  INVALID_EMAIL_OR_PASSWORD: wrongCredentials,
  INVALID_EMAIL: wrongCredentials,
  [tooBusy.code]: tooBusy,
  INVALID_CODE: wrongCode,
  INVALID_BACKUP_CODE: wrongCode,
  INVALID_TWO_FACTOR_COOKIE: beginAgain,
  TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE: beginAgain,
  ACCOUNT_TEMPORARILY_LOCKED: tooManyTries,
  INVALID_PASSWORD: wrongPassword,
  TOTP_ALREADY_ENABLED: new Problem(
    409,
    'alreadySet',
    'An authenticator is set up already. Remove it first.',
  ),
  TOTP_NOT_ENABLED: new Problem(409, 'notSet', 'No authenticator is set up.'),
  BACKUP_CODES_NOT_ENABLED: new Problem(409, 'notSet', 'No authenticator is set up.'),
  TWO_FACTOR_NOT_ENABLED: new Problem(409, 'notSet', 'No authenticator is set up.'),
  CHALLENGE_NOT_FOUND: passkeyRefused,
  PASSKEY_NOT_FOUND: passkeyRefused,
  PASSKEY_NOT_VERIFIED: passkeyRefused,
  AUTHENTICATION_FAILED: passkeyRefused,
  FAILED_TO_VERIFY_REGISTRATION: passkeyRefused,
};

export function problemOfAuth(status: number, code: string | undefined): Problem {
  const problem = known[code ?? ''];
  if (problem) return problem;
  if (status === 401) return signInNeeded;
  return new Problem(status, 'signInRefused', 'This was refused. Load the page again and try once more.');
}
