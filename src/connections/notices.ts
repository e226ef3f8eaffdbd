/** What the operator of a connection is told: inputs that the PSA no longer takes, and what is done instead (J-13, J-14). */
import type { Tx } from '../db/database.ts';

export interface NoticeRow {
  words: string;
  first_at: string;
  last_at: string;
  times: number;
}

/** Older ones have not come again: whatever it was is over. */
const shownDays = 7;
const mostShown = 20;

/** The notices of connection `c`, newest first. */
export const noticesColumn = `
  (select json_agg(n) from (
     select words, first_at, last_at, times from connection_notices
      where workspace_id = c.workspace_id and connection_id = c.id
        and last_at > now() - interval '${shownDays} days'
      order by last_at desc limit ${mostShown}) n) as notices`;

export const toNotice = ({ words, first_at, last_at, times }: NoticeRow) => ({
  text: words,
  since: new Date(first_at).toISOString(),
  lastAt: new Date(last_at).toISOString(),
  times,
});

/** Of the matters that begin so, all but these are over. */
export async function clearMatters(
  tx: Tx,
  workspaceId: string,
  connectionId: string,
  { prefix, but }: { prefix: string; but: readonly string[] },
): Promise<void> {
  await tx.query(
    `delete from connection_notices
      where workspace_id = $1 and connection_id = $2 and starts_with(matter, $3) and matter <> all($4::text[])`,
    [workspaceId, connectionId, prefix, but],
  );
}

/** Somebody has seen to the settings: what is still wrong comes again with the next ticket. */
export async function clearNotices(tx: Tx, workspaceId: string, connectionId: string): Promise<void> {
  await tx.query('delete from connection_notices where workspace_id = $1 and connection_id = $2', [
    workspaceId,
    connectionId,
  ]);
}
