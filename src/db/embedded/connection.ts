import pg from 'pg';
import { adminRole, database, loginRole, type Passwords } from './passwords.ts';
import { port } from './settings.ts';

/** How to reach a database by the server's socket; `pg` takes it as it is. */
export type Connection = {
  /** The socket's directory. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  readonly password: string;
};

export function loginConnection(socketDir: string, passwords: Passwords): Connection {
  return { host: socketDir, port, user: loginRole, database, password: passwords.login };
}

export function adminConnection(socketDir: string, passwords: Passwords): Connection {
  return { host: socketDir, port, user: adminRole, database: 'postgres', password: passwords.admin };
}

/** The same as a URL, in the form that libpq and `pg` share: `postgresql://user:password@/database?host=/dir&port=5432`. */
export function connectionUrl({ host, port, user, database, password }: Connection): string {
  const login = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
  return `postgresql://${login}@/${encodeURIComponent(database)}?host=${encodeURIComponent(host)}&port=${port}`;
}

/** What a server said when it was asked once. */
export type Answer =
  | { readonly kind: 'ready'; readonly version: string }
  /** Nobody listens on the socket. */
  | { readonly kind: 'silent' }
  /** It is starting, recovering, shutting down or full. */
  | { readonly kind: 'busy' }
  | { readonly kind: 'refused'; readonly reason: string };

/** SQLSTATE of "the database system is starting up" (and its like) and of "too many clients". */
const busyCodes = ['57P03', '53300'];
/** The server went away while it was answering, which is how a shutdown looks from here. */
const goneCodes = ['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', '57P01'];

/** Connects once and asks for the version. */
export async function ask(connection: Connection): Promise<Answer> {
  const client = new pg.Client({ ...connection, connectionTimeoutMillis: 5_000, query_timeout: 5_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
    return { kind: 'ready', version: rows[0]!.server_version };
  } catch (error) {
    return classify(error as Error & { code?: string });
  } finally {
    await client.end().catch(() => {});
  }
}

function classify(error: Error & { code?: string }): Answer {
  if (error.code === undefined) return { kind: 'busy' };
  if (busyCodes.includes(error.code)) return { kind: 'busy' };
  if (goneCodes.includes(error.code)) return { kind: 'silent' };
  return { kind: 'refused', reason: error.message };
}
