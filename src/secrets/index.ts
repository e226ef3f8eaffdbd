/** Credentials at rest (promises P16): sealed by AES-256-GCM, readable only with a master key that the database does not hold. */
export type { Opened, OpenFailure, SecretBox, SecretPlace } from './box.ts';
export { createSecretBox } from './box.ts';
export type { KeyFile } from './key-file.ts';
export { loadOrCreateKeyFile, placeKey } from './key-file.ts';
export type { MasterKey, MasterKeys } from './master-keys.ts';
export { deriveKey, parseMasterKeys } from './master-keys.ts';
