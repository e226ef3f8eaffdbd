/** Questions to the PSA on behalf of a person: the answer, or a problem that says what to do. */
import type { Database } from '../db/database.ts';
import { invalid, Problem } from '../errors.ts';
import type { Contact, Read, Refusal, Session } from '../psa/contract.ts';
import { changeSettings } from '../settings/index.ts';
import type { Effects } from './effects.ts';
import { recordStop } from './recordStop.ts';
import type { Sessions, StoredSession } from './session.ts';
import { findCredentials, setAttention } from './store.ts';

export interface Where {
  workspaceId: string;
  connectionId: string;
}

/** What is needed to ask, and to remember a refused login. */
export interface Asker {
  db: Database;
  effects: Pick<Effects, 'onStopped' | 'onCredentialsRenewed' | 'onChanged'>;
}

/** A session with the credentials that are stored now, for questions about one connection. */
export interface Asking extends Asker, Where, StoredSession {}

/** @throws Problem 404 for no such connection, 409 when it has no credentials or the PSA has refused them */
export async function beginAsking(
  { db, effects, sessions }: Asker & { sessions: Sessions },
  { workspaceId, connectionId }: Where,
): Promise<Asking> {
  const opened = await sessions.openSession(workspaceId, connectionId, { purpose: 'interactive' });
  return { db, effects, workspaceId, connectionId, ...opened };
}

/**
 * The value of a read. A refused login is remembered, so that nobody repeats it (promise P8), unless other credentials
 * than those of the question are in use by now.
 * @throws Problem
 */
export async function unwrap<T>(asking: Asking, read: Read<T>): Promise<T> {
  if (read.kind === 'ok') return read.value;
  if (read.reason === 'auth') await stopConnection(asking, asking, read.text, asking.revision);
  throw problemOf(read);
}

/**
 * Sets *attention*, once; what waits is held until a person has acted (promise P8). With `revision`, the refused
 * credentials are those: when others are in use by now, the late answer stops nothing, and what it held goes on.
 */
export async function stopConnection(
  { db, effects }: Asker,
  { workspaceId, connectionId }: Where,
  text: string,
  revision?: string,
): Promise<void> {
  await changeSettings(db, workspaceId, async (tx) => {
    const row = await findCredentials(tx, workspaceId, connectionId);
    if (revision !== undefined && row && row.credentials_revision !== revision) {
      if (row.attention === null) await effects.onCredentialsRenewed(tx, workspaceId, connectionId);
      return;
    }
    const isNews = await setAttention(tx, workspaceId, connectionId, text);
    // Where a person is asked for already, too: what has come back since is held like the rest.
    await effects.onStopped(tx, workspaceId, connectionId);
    if (isNews) await recordStop(tx, { workspaceId, connectionId }, text);
  });
  await effects.onChanged(workspaceId, connectionId);
}

function problemOf({ reason, text, field, retryAfterMs }: Refusal): Problem {
  const retryAfterSeconds = retryAfterMs === undefined ? undefined : Math.ceil(retryAfterMs / 1_000);
  switch (reason) {
    case 'auth':
      return new Problem(409, 'needsAttention', text);
    case 'rateLimited':
      return new Problem(503, 'psaRateLimited', text, { retryAfterSeconds: retryAfterSeconds ?? 30 });
    case 'notFound':
    case 'invalid':
      return invalid([{ field: field ?? '', code: reason, message: text }]);
    default:
      return new Problem(
        502,
        'psaUnavailable',
        text,
        retryAfterSeconds === undefined ? {} : { retryAfterSeconds },
      );
  }
}

/** A bound on everything: an account with more contacts than this many pages is read no further. */
const mostPages = 20;

/** Contacts of an account one after another, page by page, until `found` says that it has seen enough. */
export async function readContacts(
  session: Session,
  accountId: string,
  found: (contact: Contact) => boolean,
): Promise<Read<Contact | undefined>> {
  let cursor: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const read = await session.contacts(accountId, cursor);
    if (read.kind === 'refused') return read;
    const contact = read.value.items.find(found);
    if (contact || read.value.nextCursor === undefined) return { kind: 'ok', value: contact };
    cursor = read.value.nextCursor;
  }
  return { kind: 'ok', value: undefined };
}
