/**
 * Opens the PSA for people who set up a connection: credentials unsealed in memory, two calls at a time at most, so
 * that the deliveries beside keep most of the slots. What a session has learnt (zone, lists) is kept with it.
 */
import type { Database, Tx } from '../db/database.ts';
import { notFound, Problem } from '../errors.ts';
import type { Outbound } from '../outbound/index.ts';
import type { Adapter, PsaHttp, Session } from '../psa/contract.ts';
import { createPsaHttp, createSlots, type Slots } from '../psa/http.ts';
import type { SecretBox } from '../secrets/index.ts';
import { type Gate, readGate } from './gate.ts';
import { findCredentials, findStandings, isDraftConnection } from './store.ts';
import { fieldsOf, isShown } from './validate.ts';

export interface SessionParts {
  db: Database;
  secretBox: SecretBox;
  adapters: ReadonlyMap<string, Adapter>;
  outbound: Outbound;
  /** Told of each call that the vendor counts, for the budget of the connection. */
  onCall?: (workspaceId: string, connectionId: string) => void;
  /** Told when a connection cannot be served because its secrets cannot be unsealed. */
  onUnreadable?: (workspaceId: string, connectionId: string) => Promise<void>;
}

/** What tells that a connection is to be opened anew. */
export interface Standing {
  /** Of the credentials: changes whenever they do. */
  revision: string;
  /** The login was refused and nobody has acted yet. */
  needsPerson: boolean;
}

/** What a channel needs to call its PSA. */
export interface OpenedConnection extends Standing {
  kind: string;
  credentials: Record<string, string>;
}

type Credentials =
  | ({ ok: true } & OpenedConnection)
  /** `unreadable`: a secret cannot be unsealed with the keys at hand. */
  | { ok: false; reason: 'notFound' | 'incomplete' | 'unreadable' };

export interface OpenedSession {
  adapter: Adapter;
  session: Session;
}

/** A session with the revision of the credentials that it was opened with. */
export interface StoredSession extends OpenedSession {
  revision: string;
}

export interface Sessions {
  /**
   * The session of a connection, for interactive calls (deadline 30 s).
   * @throws Problem 404 for no such connection, 409 when it has no credentials or the PSA has refused them
   */
  openSession(
    workspaceId: string,
    connectionId: string,
    options: { purpose: 'interactive' },
  ): Promise<StoredSession>;
  /** A session for credentials that are to be checked, stored or not. */
  probe(
    workspaceId: string,
    connectionId: string,
    opened: Pick<OpenedConnection, 'kind' | 'credentials'>,
  ): OpenedSession;
  /** Credentials in clear, for the one who calls the PSA now; never stored, logged or answered. */
  credentialsOf(tx: Tx, workspaceId: string, connectionId: string): Promise<Credentials>;
  /** The same in a transaction of its own, to serve it; undefined for drafts, and without credentials that can be used. */
  openConnection(workspaceId: string, connectionId: string): Promise<OpenedConnection | undefined>;
  /** Whether so many calls that nobody waits for are made now. */
  gateOf(
    where: { workspaceId: string; connectionId: string },
    adapter: Adapter,
    calls: number,
  ): Promise<Gate>;
  /** How many of them stand, for one question and without unsealing; drafts and those that are gone are missing. */
  standingOf(workspaceId: string, connectionIds: readonly string[]): Promise<ReadonlyMap<string, Standing>>;
}

const interactiveDeadlineMs = 30_000;
const mostKept = 200;

export function createSessions(parts: SessionParts): Sessions {
  const { db, secretBox, outbound, onCall } = parts;
  const kept = new Map<string, StoredSession>();
  const slots = new Map<string, Slots>();

  function httpFor(workspaceId: string, connectionId: string): PsaHttp {
    const own = slots.get(keyOf(workspaceId, connectionId)) ?? createSlots(1, 2);
    keep(slots, keyOf(workspaceId, connectionId), own);
    return createPsaHttp({
      outbound,
      deadlineMs: interactiveDeadlineMs,
      slots: own,
      onCall: () => onCall?.(workspaceId, connectionId),
    });
  }

  const credentialsOf: Sessions['credentialsOf'] = async (tx, workspaceId, connectionId) => {
    const row = await findCredentials(tx, workspaceId, connectionId);
    if (!row) return { ok: false, reason: 'notFound' };
    const credentials: Record<string, string> = {};
    const values = row.steps.credentials ?? {};
    for (const field of fieldsOf(adapterOf(parts, row.kind).fields, 'credentials')) {
      const { key, kind } = field;
      const sealed = row.sealed[key];
      const plain = values[key];
      if (kind !== 'secret' && typeof plain === 'string') credentials[key] = plain;
      else if (kind === 'secret' && sealed !== undefined) {
        const opened = secretBox.open({ workspaceId, connectionId, field: key }, sealed, row.data_key);
        if (!opened.ok) return { ok: false, reason: 'unreadable' };
        credentials[key] = opened.value;
      } else if (kind === 'secret' && field.required && isShown(field, values)) {
        // It was forgotten with a lost key: a call without it would be a failed login.
        return { ok: false, reason: 'incomplete' };
      }
    }
    if (row.steps.credentials === undefined) return { ok: false, reason: 'incomplete' };
    return {
      ok: true,
      kind: row.kind,
      credentials,
      revision: row.credentials_revision,
      needsPerson: row.attention !== null,
    };
  };

  return {
    credentialsOf,
    async openConnection(workspaceId, connectionId) {
      const found = await db.inWorkspace(workspaceId, async (tx) => {
        const isDraft = await isDraftConnection(tx, workspaceId, connectionId);
        return isDraft ? undefined : credentialsOf(tx, workspaceId, connectionId);
      });
      if (found?.ok === false && found.reason === 'unreadable') {
        await parts.onUnreadable?.(workspaceId, connectionId);
      }
      if (!found?.ok) return undefined;
      const { ok: _, ...opened } = found;
      return opened;
    },
    gateOf: (where, adapter, calls) =>
      db.inWorkspace(where.workspaceId, (tx) => readGate(tx, where, adapter, calls)),
    standingOf: (workspaceId, connectionIds) =>
      db.inWorkspace(workspaceId, (tx) => findStandings(tx, workspaceId, connectionIds)),
    async openSession(workspaceId, connectionId) {
      const found = await db.inWorkspace(workspaceId, async (tx) => {
        await refuseAttention(tx, workspaceId, connectionId);
        return credentialsOf(tx, workspaceId, connectionId);
      });
      if (!found.ok) throw credentialsProblem(found.reason);
      const known = kept.get(keyOf(workspaceId, connectionId));
      if (known?.revision === found.revision) return known;
      const adapter = adapterOf(parts, found.kind);
      const session = adapter.open(found.credentials, httpFor(workspaceId, connectionId));
      const opened = { adapter, session, revision: found.revision };
      keep(kept, keyOf(workspaceId, connectionId), opened);
      return opened;
    },
    probe(workspaceId, connectionId, { kind, credentials }) {
      const adapter = adapterOf(parts, kind);
      return { adapter, session: adapter.open(credentials, httpFor(workspaceId, connectionId)) };
    },
  };
}

/** @throws Problem 409 for a kind that this version does not have */
export function adapterOf({ adapters }: Pick<SessionParts, 'adapters'>, kind: string): Adapter {
  const adapter = adapters.get(kind);
  if (!adapter) throw new Problem(409, 'kindNotBuilt', 'This PSA is not supported by this version.');
  return adapter;
}

/** After a refused login no call is made until a person has acted: repeated ones lock the account (promise P8). */
async function refuseAttention(tx: Tx, workspaceId: string, connectionId: string): Promise<void> {
  const row = await findCredentials(tx, workspaceId, connectionId);
  if (row?.attention) {
    throw new Problem(409, 'needsAttention', `${row.attention} Renew the credentials or verify them first.`);
  }
}

/** Why there are no credentials to call the PSA with, and what to do. */
export function credentialsProblem(reason: Extract<Credentials, { ok: false }>['reason']): Problem {
  if (reason === 'notFound') return notFound('connection');
  if (reason === 'incomplete') return new Problem(409, 'credentialsMissing', 'Enter the credentials first.');
  return new Problem(
    409,
    'credentialsUnreadable',
    'The stored credentials cannot be read with the secret key in use. Enter them again, or restore the key.',
  );
}

function keep<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  const oldest = map.keys().next().value;
  if (map.size > mostKept && oldest !== undefined) map.delete(oldest);
}

const keyOf = (workspaceId: string, connectionId: string): string => `${workspaceId} ${connectionId}`;
