import pg from 'pg';
import type { Config } from '../config.ts';
import { findRunning } from './database.ts';

/** Whether any API key exists. True when that cannot be found out: it only decides about a hint. */
export async function hasApiKey({ databaseUrl, dataDir }: Config): Promise<boolean> {
  const url = databaseUrl ?? (await findRunning(dataDir));
  if (url === undefined) return true;
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ found: boolean }>(
      'select exists (select from api_key_index) as found',
    );
    return rows[0]?.found ?? true;
  } catch {
    return true;
  } finally {
    await client.end().catch(() => {});
  }
}
