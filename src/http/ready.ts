/** Whether the database answers and has the version that this code was made for. */
import type { Database } from '../db/database.ts';

/** An answer is used again for so long, so that probes cost nothing. */
const freshForMs = 1_000;

/**
 * A check for `/readyz`, which answers why not, or undefined. `version` is the number of the newest migration file.
 * A newer database is fine: migrations only add while an older version runs beside (promise P20).
 */
export function createReadyCheck(
  db: Database,
  version: number,
  now: () => number = () => performance.now(),
): () => Promise<string | undefined> {
  let answer: Promise<string | undefined> | undefined;
  let askedAt = 0;
  return () => {
    if (!answer || now() - askedAt > freshForMs) {
      askedAt = now();
      answer = check(db, version);
    }
    return answer;
  };
}

async function check(db: Database, version: number): Promise<string | undefined> {
  try {
    const { rows } = await db.reserve.unfenced((tx) =>
      tx.query<{ version: number | null }>('select max(version)::int as version from herald_migrations'),
    );
    const found = rows[0]?.version ?? 0;
    if (found >= version) return undefined;
    return `The database is at version ${found}; version ${version} is needed. Run "herald migrate".`;
  } catch {
    return 'The database does not answer.';
  }
}
