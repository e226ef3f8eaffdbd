/** A proxy in front of PostgreSQL, and the address that leads through it. */
import pg from 'pg';
import { connectionUrl } from '../../src/db/embedded/connection.ts';
import { type Line, startProxy, type TcpProxy } from './proxy.ts';

/** `url` as the product has it, with a host or the directory of a socket. */
export async function proxyDatabase(url: string): Promise<{ proxy: TcpProxy; url: string }> {
  const { host, port, user = '', database = '', password } = new pg.Client(url);
  const proxy = await startProxy(
    host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port },
  );
  const login = { user, database, password: String(password ?? '') };
  return { proxy, url: connectionUrl({ ...login, host: '127.0.0.1', port: proxy.port }) };
}

/** The connection on which a Herald hears signals: it says so when it begins. */
export const isListening = ({ opening }: Line): boolean => opening.includes('herald listen');
