/** SQL of recipients: who gets mail, why, and how their mailboxes do. */
import { randomUUID } from 'node:crypto';
import type { Severity } from '../alerts/types.ts';
import type { Tx } from '../db/database.ts';

export interface RecipientRow {
  id: string;
  organization_id: string | null;
  organization_name: string | null;
  address: string;
  severities: Severity[] | null;
  note: string;
  owner: string;
  /** A day. */
  review_on: string | null;
  is_review_due: boolean;
  revision: number;
  created_at: Date;
  /** What the list is sorted by. */
  sort_address: string;
  stopped_at: Date | null;
  refusals: number;
  refusal: string | null;
  waiting: number;
  failed: number;
}

/** So many are counted. */
const mostCounted = 1_000;
/** Of deliveries that wait for a person, so many of the newest are looked at. */
const mostLooked = 10_000;

/** Today where the workspace is. */
export const today = `(now() at time zone (select time_zone from workspaces where id = $1))::date`;

const columns = `r.id, r.organization_id, o.name as organization_name, r.address, r.severities, r.note, r.owner,
  r.review_on::text, coalesce(r.review_on <= ${today}, false) as is_review_due, r.revision, r.created_at,
  lower(r.address) as sort_address, box.stopped_at, coalesce(box.refusals, 0) as refusals, box.refusal,
  (select count(*)::int from (select from deliveries d
     where d.workspace_id = r.workspace_id and d.group_id = box.id and d.place = 2 limit ${mostCounted}) w) as waiting`;

const joins = `
  left join organizations o on o.workspace_id = r.workspace_id and o.id = r.organization_id
  left join mailboxes box on box.workspace_id = r.workspace_id and box.address = lower(r.address)`;

/** Those of one list: null is the global one. */
export interface List {
  organizationId: string | null;
}

export interface RecipientFilter {
  limit: number;
  after?: readonly [string, string] | undefined;
  /** Found in the address, the note, the owner or the name of the organization. */
  pattern?: string | undefined;
  /** Left out: of all lists. */
  list?: List | { isGlobal: boolean } | undefined;
  /** Those who get alerts of it. */
  severity?: Severity | undefined;
  isStopped?: boolean | undefined;
  /** Whose review date has come. */
  isReviewDue?: boolean | undefined;
}

/** By address, whatever its letter case. */
export async function listRecipients(
  tx: Tx,
  workspaceId: string,
  { limit, after, pattern, list, severity, isStopped, isReviewDue }: RecipientFilter,
): Promise<RecipientRow[]> {
  const isGlobal =
    list === undefined ? null : 'isGlobal' in list ? list.isGlobal : list.organizationId === null;
  const organizationId = list && 'organizationId' in list ? list.organizationId : null;
  const { rows } = await tx.query<Omit<RecipientRow, 'failed'>>(
    `select ${columns} from recipients r ${joins}
      where r.workspace_id = $1
        and ($2::text is null or (lower(r.address), r.id) > ($2, $3::uuid))
        and ($4::text is null or r.address ilike $4 or r.note ilike $4 or r.owner ilike $4 or o.name ilike $4)
        and ($5::boolean is null or (r.organization_id is null) = $5)
        and ($6::uuid is null or r.organization_id = $6)
        and ($7::text is null or r.severities is null or $7 = any(r.severities))
        and ($8::boolean is null or (box.stopped_at is not null) = $8)
        and ($9::boolean is null or coalesce(r.review_on <= ${today}, false) = $9)
      order by lower(r.address), r.id limit $10`,
    [
      workspaceId,
      after?.[0] ?? null,
      after?.[1] ?? null,
      pattern ?? null,
      isGlobal,
      organizationId,
      severity ?? null,
      isStopped ?? null,
      isReviewDue ?? null,
      limit,
    ],
  );
  return withFailed(tx, workspaceId, rows);
}

/** Undefined too when it is in another list. */
export async function findRecipient(
  tx: Tx,
  workspaceId: string,
  { organizationId }: List,
  id: string,
): Promise<RecipientRow | undefined> {
  const { rows } = await tx.query<Omit<RecipientRow, 'failed'>>(
    `select ${columns} from recipients r ${joins}
      where r.workspace_id = $1 and r.id = $2 and r.organization_id is not distinct from $3::uuid`,
    [workspaceId, id, organizationId],
  );
  return (await withFailed(tx, workspaceId, rows))[0];
}

async function withFailed(
  tx: Tx,
  workspaceId: string,
  rows: readonly Omit<RecipientRow, 'failed'>[],
): Promise<RecipientRow[]> {
  if (rows.length === 0) return [];
  const { rows: counts } = await tx.query<{ target: string; count: number }>(
    `select target, least(count(*), ${mostCounted})::int as count
       from (select target, delivery_state from deliveries
              where workspace_id = $1 and channel_id = $1 and place = 3 order by id desc limit ${mostLooked}) d
      where delivery_state = 'failed' and target = any($2::text[]) group by target`,
    [workspaceId, rows.map(({ sort_address }) => sort_address)],
  );
  const failed = new Map(counts.map(({ target, count }) => [target, count]));
  return rows.map((row) => ({ ...row, failed: failed.get(row.sort_address) ?? 0 }));
}

/** What people set of a recipient. */
export interface RecipientValues {
  address: string;
  severities: readonly Severity[] | null;
  note: string;
  owner: string;
  reviewOn: string | null;
}

/** Its id; undefined when the address is in this list already. */
export async function insertRecipient(
  tx: Tx,
  workspaceId: string,
  { organizationId }: List,
  { address, severities, note, owner, reviewOn }: RecipientValues,
): Promise<string | undefined> {
  const { rows } = await tx.query<{ id: string }>(
    `insert into recipients (workspace_id, id, organization_id, address, severities, note, owner, review_on)
     values ($1, $2, $3, $4, $5::text[], $6, $7, $8::date)
     on conflict (workspace_id, organization_id, lower(address)) do nothing returning id`,
    [workspaceId, randomUUID(), organizationId, address, severities, note, owner, reviewOn],
  );
  return rows[0]?.id;
}

/** False when the address is in this list already, by another entry. */
export async function updateRecipient(
  tx: Tx,
  workspaceId: string,
  id: string,
  { address, severities, note, owner, reviewOn }: RecipientValues,
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update recipients r
        set address = $3, severities = $4::text[], note = $5, owner = $6, review_on = $7::date, revision = revision + 1
      where workspace_id = $1 and id = $2
        and not exists (select from recipients x where x.workspace_id = $1 and x.id <> $2
                           and x.organization_id is not distinct from r.organization_id and lower(x.address) = lower($3))`,
    [workspaceId, id, address, severities, note, owner, reviewOn],
  );
  return rowCount === 1;
}

export async function deleteRecipient(tx: Tx, workspaceId: string, id: string): Promise<void> {
  await tx.query('delete from recipients where workspace_id = $1 and id = $2', [workspaceId, id]);
}

/** Mail goes to the address again, and earlier refusals no longer count. */
export async function allowAddress(tx: Tx, workspaceId: string, address: string): Promise<void> {
  await tx.query(
    `update mailboxes set stopped_at = null, refusals = 0, refusal = null
      where workspace_id = $1 and address = lower($2)`,
    [workspaceId, address],
  );
}

export async function countRecipients(
  tx: Tx,
  workspaceId: string,
  { organizationId }: List,
): Promise<number> {
  const { rows } = await tx.query<{ count: number }>(
    `select count(*)::int as count from recipients
      where workspace_id = $1 and organization_id is not distinct from $2::uuid`,
    [workspaceId, organizationId],
  );
  return rows[0]!.count;
}

/** The name of the organization; undefined when there is none. */
export async function nameOfOrganization(
  tx: Tx,
  workspaceId: string,
  id: string,
): Promise<string | undefined> {
  const { rows } = await tx.query<{ name: string }>(
    'select name from organizations where workspace_id = $1 and id = $2',
    [workspaceId, id],
  );
  return rows[0]?.name;
}

/** All of them, by which an import finds those that are there. */
export async function listAddresses(
  tx: Tx,
  workspaceId: string,
): Promise<{ id: string; organization_id: string | null; address: string }[]> {
  const { rows } = await tx.query(
    'select id, organization_id, address from recipients where workspace_id = $1',
    [workspaceId],
  );
  return rows;
}

export async function listOrganizationNames(
  tx: Tx,
  workspaceId: string,
): Promise<{ id: string; name: string }[]> {
  const { rows } = await tx.query('select id, name from organizations where workspace_id = $1', [
    workspaceId,
  ]);
  return rows;
}
