/**
 * Which actor a bearer key stands for. Keys in use are known in the process and checked against the database in the
 * background, so that a request costs a hash and a look into a map, and a revoked key stops within 5 s (promises Q4).
 */
import { timingSafeEqual } from 'node:crypto';
import type { Database, Transactions } from '../db/database.ts';
import { type Actor, bearerToken, environmentKeyId, type KeyAccess } from '../http/index.ts';
import { hashKey, hasKeyForm } from './keys.ts';
import { findKey, findKeyPlaces, type KeyPlace, type KeyRow } from './store.ts';

export interface Access extends KeyAccess {
  /** Forgets a key that this process has just revoked; other processes notice by themselves. */
  forget(keyId: string): void;
  /** Checks the keys in use against the database; called every 2 s by itself. */
  refresh(): Promise<void>;
  close(): void;
}

export interface AccessOptions {
  db: Database;
  /** HERALD_API_KEY: an admin key of the default workspace. */
  apiKey?: string | undefined;
  defaultWorkspaceId: string;
  /** Monotonic milliseconds. */
  now?: () => number;
}

const refreshMs = 2_000;
/** A key that was not confirmed for so long is asked for again: a stopped process or database must not extend it. */
const trustMs = 4_500;
const unknownMs = 1_500;
const idleMs = 10 * 60_000;
const mostKnown = 10_000;
const mostUnknown = 10_000;

interface Known {
  actor: Actor;
  checkedAt: number;
  usedAt: number;
}

export function createAccess(options: AccessOptions): Access {
  const { db, apiKey, defaultWorkspaceId, now = () => performance.now() } = options;
  const environment = apiKey === undefined ? undefined : environmentKey(apiKey, defaultWorkspaceId);
  const known = new Map<string, Known>();
  const unknown = new Map<string, number>();
  const lookUp = createLookUp(db.reserve);

  async function ask(hash: string): Promise<Actor | undefined> {
    const askedAt = now();
    const actor = await lookUp(hash);
    if (!actor) {
      known.delete(hash);
      remember(unknown, hash, askedAt + unknownMs, mostUnknown);
      return undefined;
    }
    remember(known, hash, { actor, checkedAt: askedAt, usedAt: askedAt }, mostKnown);
    return actor;
  }

  function authenticate(header: string | undefined): Actor | undefined | Promise<Actor | undefined> {
    const token = bearerToken(header);
    if (token === undefined) return undefined;
    if (environment?.matches(token)) return environment.actor;
    if (!hasKeyForm(token)) return undefined;
    const hash = hashKey(token);
    const entry = known.get(hash);
    const at = now();
    if (entry && at - entry.checkedAt < trustMs) {
      entry.usedAt = at;
      return entry.actor;
    }
    if ((unknown.get(hash) ?? 0) > at) return undefined;
    return ask(hash);
  }

  async function refresh(): Promise<void> {
    const askedAt = now();
    for (const [hash, { usedAt }] of known) if (askedAt - usedAt > idleMs) known.delete(hash);
    const hashes = [...known.keys()];
    if (hashes.length === 0) return;
    const places = await db.reserve.unfenced((tx) => findKeyPlaces(tx, hashes));
    const valid = new Set(places.map(({ hash }) => hash));
    for (const hash of hashes) {
      const entry = known.get(hash);
      if (!valid.has(hash)) known.delete(hash);
      else if (entry && entry.checkedAt < askedAt) entry.checkedAt = askedAt;
    }
  }

  let refreshing = false;
  const timer = setInterval(() => {
    if (refreshing) return;
    refreshing = true;
    // A failure is no news here: entries that were not confirmed are asked for again by their next request.
    refresh()
      .catch(() => undefined)
      .finally(() => {
        refreshing = false;
      });
  }, refreshMs);
  timer.unref();

  return {
    authenticate,
    forget(keyId) {
      for (const [hash, { actor }] of known) if (actor.keyId === keyId) known.delete(hash);
    },
    refresh,
    close: () => clearInterval(timer),
  };
}

function environmentKey(key: string, workspaceId: string): { actor: Actor; matches(token: string): boolean } {
  const wanted = Buffer.from(hashKey(key));
  return {
    actor: { workspaceId, keyId: environmentKeyId, name: 'HERALD_API_KEY', scopes: ['admin'] },
    // Cheap and safe: another length is refused at once, the rest is compared in constant time over hashes.
    matches: (token) => token.length === key.length && timingSafeEqual(Buffer.from(hashKey(token)), wanted),
  };
}

/** Sets the newest entry; the oldest goes when there are too many. */
function remember<T>(map: Map<string, T>, key: string, value: T, most: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= most) return;
  const oldest = map.keys().next().value;
  if (oldest !== undefined) map.delete(oldest);
}

/** Asks for many keys at once: at most one question is under way, so made-up keys cannot use up the connections. */
function createLookUp(db: Transactions): (hash: string) => Promise<Actor | undefined> {
  let waiting = new Map<string, PromiseWithResolvers<Actor | undefined>>();
  let isBusy = false;

  async function drain(): Promise<void> {
    isBusy = true;
    while (waiting.size > 0) {
      const batch = waiting;
      waiting = new Map();
      try {
        const actors = await findActors(db, [...batch.keys()]);
        for (const [hash, { resolve }] of batch) resolve(actors.get(hash));
      } catch (error) {
        for (const { reject } of batch.values()) reject(error);
      }
    }
    isBusy = false;
  }

  return (hash) => {
    const asked = waiting.get(hash) ?? Promise.withResolvers<Actor | undefined>();
    waiting.set(hash, asked);
    if (!isBusy) void drain();
    return asked.promise;
  };
}

async function findActors(db: Transactions, hashes: readonly string[]): Promise<Map<string, Actor>> {
  const places = await db.unfenced((tx) => findKeyPlaces(tx, hashes));
  const actors = new Map<string, Actor>();
  for (const { hash, workspaceId, keyId } of places) {
    const row = await db.inWorkspace(workspaceId, (tx) => findKey(tx, workspaceId, keyId));
    if (row) actors.set(hash, toActor({ hash, workspaceId, keyId }, row));
  }
  return actors;
}

function toActor({ workspaceId, keyId }: KeyPlace, { name, scopes, source }: KeyRow): Actor {
  return { workspaceId, keyId, name, scopes, ...(source === null ? {} : { source }) };
}
