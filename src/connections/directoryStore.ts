import type { Tx } from '../db/database.ts';
import type { Account } from '../psa/contract.ts';

export interface DirectoryAccountRow {
  account_id: string;
  name: string;
  account_number: string | null;
  web_address: string | null;
  is_active: boolean;
  filters: Record<string, string>;
}

/** A load of which nothing was heard for so long has lost its process. */
const staleAfter = `interval '2 minutes'`;

/**
 * Begins a load, unless one is under way: null then, else the time it began (database time).
 * A load whose process has gone is taken over, from its beginning: pages are cheap, and accounts may have moved.
 */
export async function beginLoad(tx: Tx, workspaceId: string, connectionId: string): Promise<Date | null> {
  const { rows } = await tx.query<{ started_at: Date }>(
    `insert into directory_loads as l (workspace_id, connection_id, load_state, started_at)
     values ($1, $2, 'loading', date_trunc('milliseconds', now()))
     on conflict (workspace_id, connection_id) do update
        set load_state = 'loading', loaded = 0, failure = null, waiting = null, started_at = excluded.started_at,
            seen_at = now(), finished_at = null
      where l.load_state <> 'loading' or l.seen_at < now() - ${staleAfter}
     returning started_at`,
    [workspaceId, connectionId],
  );
  return rows[0]?.started_at ?? null;
}

/** Loads that nobody seems to work on. */
export async function listStaleLoads(tx: Tx, workspaceId: string): Promise<string[]> {
  const { rows } = await tx.query<{ connection_id: string }>(
    `select connection_id from directory_loads
      where workspace_id = $1 and load_state = 'loading' and seen_at < now() - ${staleAfter}`,
    [workspaceId],
  );
  return rows.map((row) => row.connection_id);
}

/** Stores a page; false when this load is no longer the one that counts. */
export async function savePage(
  tx: Tx,
  workspaceId: string,
  connectionId: string,
  startedAt: Date,
  accounts: readonly Account[],
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update directory_loads set loaded = loaded + $4, waiting = null, seen_at = now()
      where workspace_id = $1 and connection_id = $2 and load_state = 'loading' and started_at = $3`,
    [workspaceId, connectionId, startedAt, accounts.length],
  );
  if (rowCount === 0) return false;
  await tx.query(
    `insert into directory_accounts (workspace_id, connection_id, account_id, name, account_number, web_address,
                                     is_active, filters)
     select distinct on (id) $1::uuid, $2::uuid, id, name, number, web_address, is_active, filters::jsonb
       from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::boolean[], $8::text[])
            as a(id, name, number, web_address, is_active, filters)
     on conflict (workspace_id, connection_id, account_id) do update
        set name = excluded.name, account_number = excluded.account_number, web_address = excluded.web_address,
            is_active = excluded.is_active, filters = excluded.filters, loaded_at = now()`,
    [
      workspaceId,
      connectionId,
      accounts.map(({ id }) => id),
      accounts.map(({ name }) => name),
      accounts.map(({ number }) => number ?? null),
      accounts.map(({ webAddress }) => webAddress ?? null),
      accounts.map(({ isActive }) => isActive),
      accounts.map(({ filters }) => JSON.stringify(filters)),
    ],
  );
  return true;
}

/** The load waits, for this reason in words; false when it is no longer the one that counts. */
export async function keepWaiting(
  tx: Tx,
  workspaceId: string,
  connectionId: string,
  startedAt: Date,
  words: string,
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update directory_loads set waiting = $4, seen_at = now()
      where workspace_id = $1 and connection_id = $2 and load_state = 'loading' and started_at = $3`,
    [workspaceId, connectionId, startedAt, words],
  );
  return rowCount === 1;
}

/** Accounts that the finished load has not seen are no longer active; they keep their names. */
export async function finishLoad(
  tx: Tx,
  workspaceId: string,
  connectionId: string,
  startedAt: Date,
): Promise<void> {
  const { rowCount } = await tx.query(
    `update directory_loads set load_state = 'ready', total = loaded, waiting = null, finished_at = now()
      where workspace_id = $1 and connection_id = $2 and load_state = 'loading' and started_at = $3`,
    [workspaceId, connectionId, startedAt],
  );
  if (rowCount === 0) return;
  await tx.query(
    `update directory_accounts set is_active = false
      where workspace_id = $1 and connection_id = $2 and is_active and loaded_at < $3`,
    [workspaceId, connectionId, startedAt],
  );
}

export async function failLoad(
  tx: Tx,
  workspaceId: string,
  connectionId: string,
  startedAt: Date,
  failure: string,
): Promise<void> {
  await tx.query(
    `update directory_loads set load_state = 'failed', failure = $4, waiting = null, finished_at = now()
      where workspace_id = $1 and connection_id = $2 and load_state = 'loading' and started_at = $3`,
    [workspaceId, connectionId, startedAt, failure],
  );
}

export interface AccountListFilter {
  limit: number;
  after?: readonly [string, string] | undefined;
  pattern?: string | undefined;
  /** Wanted values by filter key. */
  filters: Record<string, string[]>;
  isIgnored: boolean;
  isMapped?: boolean | undefined;
}

export type ListedAccountRow = DirectoryAccountRow & {
  is_ignored: boolean;
  organization_ids: string[] | null;
  sort_name: string;
};

/** Active accounts by name. What belongs to an account is looked up for those of the page only. */
export async function listAccounts(
  tx: Tx,
  workspaceId: string,
  connectionId: string,
  { limit, after, pattern, filters, isIgnored, isMapped }: AccountListFilter,
): Promise<ListedAccountRow[]> {
  const { rows } = await tx.query<ListedAccountRow>(
    `select a.*, (select array_agg(m.organization_id::text order by m.organization_id)
                    from mappings m
                   where m.workspace_id = $1 and m.connection_id = $2 and m.account_id = a.account_id) as organization_ids
       from (select d.account_id, d.name, d.account_number, d.web_address, d.is_active, d.filters,
                    lower(d.name) as sort_name, $6::boolean as is_ignored
               from directory_accounts d
              where d.workspace_id = $1 and d.connection_id = $2 and d.is_active
                and ($3::text is null or (lower(d.name), d.account_id) > ($3, $4))
                and ($5::text is null or d.name ilike $5 or d.account_number ilike $5)
                and exists (select from ignored_accounts i
                             where i.workspace_id = $1 and i.connection_id = $2 and i.account_id = d.account_id) = $6
                and ($7::boolean is null
                     or exists (select from mappings m
                                 where m.workspace_id = $1 and m.connection_id = $2
                                   and m.account_id = d.account_id) = $7)
                and not exists (select from jsonb_each($8::jsonb) as f
                                 where not f.value ? coalesce(d.filters ->> f.key, ''))
              order by lower(d.name), d.account_id
              limit $9) a
      order by a.sort_name, a.account_id`,
    [
      workspaceId,
      connectionId,
      after?.[0] ?? null,
      after?.[1] ?? null,
      pattern ?? null,
      isIgnored,
      isMapped ?? null,
      JSON.stringify(filters),
      limit,
    ],
  );
  return rows;
}

export interface FacetRow {
  filter: string;
  value: string;
  count: number;
}

/** How many of the active accounts have each value of a filter, whatever filters are set; most frequent first. */
export async function countFacets(
  tx: Tx,
  workspaceId: string,
  connectionId: string,
  { pattern, isIgnored }: Pick<AccountListFilter, 'pattern' | 'isIgnored'>,
): Promise<FacetRow[]> {
  const { rows } = await tx.query<FacetRow>(
    `select f.key as filter, f.value, count(*)::int as count
       from directory_accounts d cross join lateral jsonb_each_text(d.filters) f
      where d.workspace_id = $1 and d.connection_id = $2 and d.is_active
        and ($3::text is null or d.name ilike $3 or d.account_number ilike $3)
        and exists (select from ignored_accounts i where i.workspace_id = d.workspace_id
                       and i.connection_id = d.connection_id and i.account_id = d.account_id) = $4
      group by f.key, f.value order by f.key, count(*) desc, f.value`,
    [workspaceId, connectionId, pattern ?? null, isIgnored],
  );
  return rows;
}

/** The accounts with these ids that the directory knows. */
export async function findAccounts(
  tx: Tx,
  workspaceId: string,
  connectionId: string,
  ids: readonly string[],
): Promise<Map<string, DirectoryAccountRow>> {
  const { rows } = await tx.query<DirectoryAccountRow>(
    `select account_id, name, account_number, web_address, is_active, filters from directory_accounts
      where workspace_id = $1 and connection_id = $2 and account_id = any($3)`,
    [workspaceId, connectionId, ids],
  );
  return new Map(rows.map((row) => [row.account_id, row]));
}

/** Accounts met outside a load, so that their names are known. */
export async function rememberAccounts(
  tx: Tx,
  workspaceId: string,
  connectionId: string,
  accounts: readonly Account[],
): Promise<void> {
  for (const { id, name, number, webAddress, isActive, filters } of accounts) {
    await tx.query(
      `insert into directory_accounts (workspace_id, connection_id, account_id, name, account_number, web_address,
                                       is_active, filters)
       values ($1, $2, $3, $4, $5, $6, $7, $8)
       on conflict (workspace_id, connection_id, account_id) do update
          set name = excluded.name, is_active = excluded.is_active`,
      [
        workspaceId,
        connectionId,
        id,
        name,
        number ?? null,
        webAddress ?? null,
        isActive,
        JSON.stringify(filters),
      ],
    );
  }
}
