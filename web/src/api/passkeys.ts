/** Passkeys: the browser's part (WebAuthn) between two calls of the server. */
import { authGet, authPost } from './auth.ts';
import { askOutside } from './client.ts';
import { Problem } from './problem.ts';
import { provenAgain } from './provenAgain.ts';

/** Whether this browser can do it; older ones lack the readers of JSON. */
export const hasPasskeys = (): boolean =>
  typeof PublicKeyCredential !== 'undefined' &&
  typeof PublicKeyCredential.parseRequestOptionsFromJSON === 'function';

/** Signs in with a passkey, which proves both steps at once. @throws Problem */
export async function signInByPasskey(): Promise<void> {
  const options = await authGet<PublicKeyCredentialRequestOptionsJSON>(
    '/passkey/generate-authenticate-options',
  );
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  const response = await answerOf(() => navigator.credentials.get({ publicKey }));
  await askOutside('POST', '/api/auth/passkey/verify-authentication', { response });
}

/** Makes a passkey on this device, or on one that the browser offers. @throws Problem */
export async function addPasskey(name: string): Promise<void> {
  const options = await provenAgain(() =>
    authGet<PublicKeyCredentialCreationOptionsJSON>('/passkey/generate-register-options'),
  );
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  const response = await answerOf(() => navigator.credentials.create({ publicKey }));
  await authPost('/passkey/verify-registration', { response, name });
}

/** What the authenticator says, as the server reads it. */
async function answerOf(ask: () => Promise<Credential | null>): Promise<unknown> {
  const credential = await ask().catch((error: unknown) => {
    throw new Problem({ status: 0, code: 'passkey', detail: whyNotDone(error) });
  });
  const { clientExtensionResults: _, ...response } = (credential as PublicKeyCredential).toJSON();
  return response;
}

function whyNotDone(error: unknown): string {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'InvalidStateError') return 'This device holds a passkey for your account already.';
  if (name === 'SecurityError')
    return 'Passkeys work only where Herald is opened by its own name over https.';
  return 'The passkey was not used. Try again when you are ready.';
}
