/** What the operator of a connection is told: that the PSA no longer takes something, and what was done about it. */
import type { Tx } from '../db/database.ts';

export interface Notice {
  channelId: string;
  /** What it is about: one notice stands for all that happens in the same matter. */
  matter: string;
  words: string;
}

/** A notice that is worth telling: new, or the first of its matter for an hour. */
export interface ToldNotice {
  channelId: string;
  words: string;
}

/** A certificate that cannot be trusted is never accepted anyway: people must know that nothing is sent (J-9). */
export const untrustedNotice = (channelId: string, problem: string): Notice => ({
  channelId,
  matter: 'tls',
  words: `${problem} Nothing is sent until that is mended.`,
});

/** Stores them, one row per matter; answers those that are to be told now: each matter at most once an hour (J-14). */
export async function recordNotices(
  tx: Tx,
  workspaceId: string,
  notices: readonly Notice[],
): Promise<ToldNotice[]> {
  const matters = [
    ...Map.groupBy(notices, ({ channelId, matter }) => `${channelId} ${matter}`).values(),
  ].toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  if (matters.length === 0) return [];
  const { rows } = await tx.query<{ connection_id: string; words: string; told: boolean }>(
    `insert into connection_notices as n (workspace_id, connection_id, matter, words, times)
     select $1, i.* from unnest($2::uuid[], $3::text[], $4::text[], $5::int[]) as i
     on conflict (workspace_id, connection_id, matter) do update
        set words = excluded.words, times = n.times + excluded.times, last_at = now(),
            told_at = case when n.told_at <= now() - interval '1 hour' then now() else n.told_at end
     returning connection_id, words, told_at = now() as told`,
    [
      workspaceId,
      matters.map(([first]) => first?.channelId),
      matters.map(([first]) => first?.matter),
      matters.map((all) => all.at(-1)?.words),
      matters.map(({ length }) => length),
    ],
  );
  return rows.filter(({ told }) => told).map((row) => ({ channelId: row.connection_id, words: row.words }));
}

const keyOf = ([first]: readonly Notice[]): string => `${first?.channelId} ${first?.matter}`;
