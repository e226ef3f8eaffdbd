/** The sign-in library's own addresses below /api/auth: what a person does with their own sign-in. */
import { askOutside } from './client.ts';

/** Reads. @throws Problem */
export const authGet = <T>(path: string): Promise<T> => askOutside<T>('GET', `/api/auth${path}`);

/** Changes. @throws Problem */
export const authPost = <T = unknown>(path: string, body: unknown = {}): Promise<T> =>
  askOutside<T>('POST', `/api/auth${path}`, body);

interface PasswordAnswer {
  /** A second factor is asked for; nobody is signed in yet. */
  twoFactorRedirect?: boolean;
}

/** Signs in by password; true when a second factor has to follow. @throws Problem */
export async function signInByPassword(email: string, password: string): Promise<boolean> {
  const answer = await askOutside<PasswordAnswer>('POST', '/api/auth/sign-in/email', { email, password });
  return answer.twoFactorRedirect === true;
}

/** Proves the second step with a code of the app, or one of the backup codes. @throws Problem */
export const proveByCode = (code: string, isBackup: boolean): Promise<unknown> =>
  askOutside('POST', `/api/auth/two-factor/${isBackup ? 'verify-backup-code' : 'verify-totp'}`, {
    code: code.trim(),
  });
