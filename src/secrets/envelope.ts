import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts with a fresh random nonce. `context` is authenticated, not stored: decryption needs the same list.
 * @returns nonce, ciphertext and tag as base64url
 */
export function encrypt(key: Buffer, plaintext: Buffer, context: readonly string[]): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(authenticated(context));
  const parts = [nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()];
  return Buffer.concat(parts).toString('base64url');
}

/** The plaintext, or undefined when anything at all is not as it was encrypted. */
export function decrypt(key: Buffer, text: string, context: readonly string[]): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  // One spelling only: base64 decoders skip foreign characters and ignore the last bits, and no changed byte may pass.
  if (bytes.length < NONCE_BYTES + TAG_BYTES || bytes.toString('base64url') !== text) return undefined;
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(authenticated(context));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  const head = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
  try {
    return Buffer.concat([head, decipher.final()]);
  } catch {
    return undefined; // The tag does not fit; Node throws nothing else here.
  }
}

/** JSON keeps the parts apart: `['a', 'bc']` and `['ab', 'c']` must differ. */
function authenticated(context: readonly string[]): Buffer {
  return Buffer.from(JSON.stringify(context));
}
