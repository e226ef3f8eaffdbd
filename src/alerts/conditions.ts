/** The conditions of a list of alerts as SQL: each alert `a` is judged by all of them, however it was found. */
import { likePattern } from '../http/index.ts';
import type { AlertFilter } from './find.ts';

interface Conditions {
  /** Joined by *and*; the parameters are `$1` and the following. */
  text: string;
  values: unknown[];
}

/** One alert at a time: joined, deliveries of all alerts would be read. */
const owes = (condition: string): string =>
  `(select true from deliveries d where d.workspace_id = a.workspace_id and d.alert_id = a.id and ${condition} limit 1)`;

/** What an alert of the workspace `$1` must be. */
export function conditionsOf(workspaceId: string, filter: AlertFilter): Conditions {
  const values: unknown[] = [workspaceId];
  const conditions = ['a.workspace_id = $1'];
  const where = (value: unknown, condition: (parameter: string) => string) => {
    if (value === undefined) return;
    values.push(value);
    conditions.push(condition(`$${values.length}`));
  };
  where(filter.before, (p) => `a.id < ${p}::bigint`);
  where(filter.organizationId, (p) => `a.organization_id = ${p}::uuid`);
  where(filter.severities, (p) => `a.severity = any(${p}::smallint[])`);
  where(filter.sources, (p) => `a.source = any(${p}::text[])`);
  where(filter.from, (p) => `a.received_at >= ${p}::timestamptz`);
  where(filter.to, (p) => `a.received_at < ${p}::timestamptz`);
  where(filter.states, (p) => owes(`d.delivery_state = any(${p}::text[])`));
  where(filter.groupId, (p) => owes(`d.group_id = ${p}::bigint`));
  for (const piece of piecesOf(filter.q)) {
    where(likePattern(piece), (p) => `alert_text(a.title, a.external_id, a.body) ilike ${p}`);
    where(
      piece,
      (p) =>
        `fold_words(alert_text(a.title, a.external_id, a.body)) like '% ' || btrim(fold_words(${p})) || '%'`,
    );
  }
  return { text: conditions.join(' and '), values };
}

/** What stands between blanks; blanks alone are looked for as they are. */
function piecesOf(q = ''): string[] {
  const pieces = q.split(/\s+/).filter((piece) => piece !== '');
  return pieces.length === 0 && q !== '' ? [q] : [...new Set(pieces)];
}
