import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { decrypt, encrypt } from './envelope.ts';
import type { MasterKey } from './master-keys.ts';

/** Where a secret belongs. It can be opened there and nowhere else. */
export type SecretPlace = { workspaceId: string; connectionId: string; field: string };

/**
 * Why a secret stays closed. `unknownKey`: it names a master or data key that is not here, for instance one that was
 * removed from HERALD_SECRET_KEY. `malformed`: not one of our texts. `mismatch`: changed, moved, or a wrong key.
 */
export type OpenFailure = 'unknownKey' | 'malformed' | 'mismatch';

/** A secret in clear, or why not. */
export type Opened = { ok: true; value: string } | { ok: false; reason: OpenFailure };

/** Seals and opens secrets: each workspace has a data key, stored wrapped under a master key. */
export type SecretBox = {
  /** A new data key for a workspace, wrapped under the current master key; store the text as it is. */
  newDataKey(workspaceId: string): string;
  /** @throws Error when the data key cannot be unwrapped: nothing could be sealed safely */
  seal(place: SecretPlace, plaintext: string, wrappedDataKey: string): string;
  open(place: SecretPlace, sealed: string, wrappedDataKey: string): Opened;
  /** The same data key under the current master key; sealed secrets stay as they are. The same text when it is current already. */
  rewrap(
    workspaceId: string,
    wrappedDataKey: string,
  ): { ok: true; wrapped: string } | { ok: false; reason: OpenFailure };
  /**
   * A signature that only somebody with the master key can make.
   * @throws Error when the data key cannot be unwrapped
   */
  sign(place: SignedPlace, text: string, wrappedDataKey: string): string;
  /** False too when the data key cannot be unwrapped, or is another one than then. */
  isSigned(place: SignedPlace, text: string, signature: string, wrappedDataKey: string): boolean;
};

/** Where a signature is valid, and what for. */
export type SignedPlace = { workspaceId: string; purpose: string };

const SEALED = 's1';
const WRAPPED = 'k1';
const DATA_KEY_BYTES = 32;

type DataKey = { id: string; key: Buffer };
type Unwrapped = { ok: true; dataKey: DataKey; masterId: string } | { ok: false; reason: OpenFailure };

/**
 * A box for these master keys; the others only open what they once wrapped.
 * Texts: `k1.<master key id>.<data key id>.<bytes>` (wrapped key) and `s1.<data key id>.<bytes>` (sealed secret).
 * @throws Error when `currentId` is not among the keys or a key is not 32 bytes long
 */
export function createSecretBox(masterKeys: readonly MasterKey[], currentId: string): SecretBox {
  const masters = new Map(masterKeys.map((master) => [master.id, master]));
  const current = masters.get(currentId);
  if (!current) throw new Error('The current master key is not among the master keys.');
  if (masterKeys.some(({ key }) => key.length !== DATA_KEY_BYTES))
    throw new Error('A master key must have 32 bytes.');
  return {
    newDataKey(workspaceId) {
      const id = randomBytes(8).toString('base64url');
      return wrap(current, workspaceId, { id, key: randomBytes(DATA_KEY_BYTES) });
    },
    seal(place, plaintext, wrappedDataKey) {
      const { id, key } = mustUnwrap(masters, place.workspaceId, wrappedDataKey);
      return `${SEALED}.${id}.${encrypt(key, Buffer.from(plaintext), contextOf(place, id))}`;
    },
    open(place, sealed, wrappedDataKey) {
      const unwrapped = unwrap(masters, place.workspaceId, wrappedDataKey);
      return unwrapped.ok ? openWith(unwrapped.dataKey, place, sealed) : unwrapped;
    },
    rewrap(workspaceId, wrappedDataKey) {
      const unwrapped = unwrap(masters, workspaceId, wrappedDataKey);
      if (!unwrapped.ok) return unwrapped;
      const isCurrent = unwrapped.masterId === current.id;
      return {
        ok: true,
        wrapped: isCurrent ? wrappedDataKey : wrap(current, workspaceId, unwrapped.dataKey),
      };
    },
    sign(place, text, wrappedDataKey) {
      const { key } = mustUnwrap(masters, place.workspaceId, wrappedDataKey);
      return signatureOf(key, place, text).toString('base64url');
    },
    isSigned(place, text, signature, wrappedDataKey) {
      const unwrapped = unwrap(masters, place.workspaceId, wrappedDataKey);
      if (!unwrapped.ok) return false;
      const wanted = signatureOf(unwrapped.dataKey.key, place, text);
      const given = Buffer.from(signature, 'base64url');
      return given.length === wanted.length && timingSafeEqual(given, wanted);
    },
  };
}

/** Each purpose has a key of its own: a signature for one says nothing for another. */
function signatureOf(dataKey: Buffer, { workspaceId, purpose }: SignedPlace, text: string): Buffer {
  const key = Buffer.from(hkdfSync('sha256', dataKey, workspaceId, `sign ${purpose}`, DATA_KEY_BYTES));
  return createHmac('sha256', key).update(text).digest();
}

function mustUnwrap(masters: ReadonlyMap<string, MasterKey>, workspaceId: string, wrapped: string): DataKey {
  const unwrapped = unwrap(masters, workspaceId, wrapped);
  if (!unwrapped.ok) throw new Error(`The data key of the workspace cannot be opened (${unwrapped.reason}).`);
  return unwrapped.dataKey;
}

function wrap(master: MasterKey, workspaceId: string, { id, key }: DataKey): string {
  return `${WRAPPED}.${master.id}.${id}.${encrypt(master.key, key, [WRAPPED, master.id, id, workspaceId])}`;
}

function unwrap(masters: ReadonlyMap<string, MasterKey>, workspaceId: string, wrapped: string): Unwrapped {
  const [version, masterId, id, bytes, ...rest] = wrapped.split('.');
  if (version !== WRAPPED || !masterId || !id || !bytes || rest.length > 0)
    return { ok: false, reason: 'malformed' };
  const master = masters.get(masterId);
  if (!master) return { ok: false, reason: 'unknownKey' };
  const key = decrypt(master.key, bytes, [WRAPPED, masterId, id, workspaceId]);
  return key ? { ok: true, dataKey: { id, key }, masterId } : { ok: false, reason: 'mismatch' };
}

function openWith(dataKey: DataKey, place: SecretPlace, sealed: string): Opened {
  const [version, id, bytes, ...rest] = sealed.split('.');
  if (version !== SEALED || !id || !bytes || rest.length > 0) return { ok: false, reason: 'malformed' };
  if (id !== dataKey.id) return { ok: false, reason: 'unknownKey' };
  const plaintext = decrypt(dataKey.key, bytes, contextOf(place, id));
  return plaintext ? { ok: true, value: plaintext.toString() } : { ok: false, reason: 'mismatch' };
}

function contextOf({ workspaceId, connectionId, field }: SecretPlace, dataKeyId: string): string[] {
  return [SEALED, workspaceId, connectionId, field, dataKeyId];
}
