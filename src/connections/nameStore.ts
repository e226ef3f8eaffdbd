/** What the PSA calls the values and contacts that were chosen, as they were last met. */
import type { Tx } from '../db/database.ts';
import { contactList } from '../plan/index.ts';

/** The PSA's name for one entry of a list. */
export interface ListName {
  list: string;
  id: string;
  name: string;
}

export async function listNames(tx: Tx, workspaceId: string, connectionId: string): Promise<ListName[]> {
  const { rows } = await tx.query<ListName>(
    'select list, id, name from directory_names where workspace_id = $1 and connection_id = $2',
    [workspaceId, connectionId],
  );
  return rows;
}

/** Remembers names; those that stand so already are left alone. */
export async function rememberNames(
  tx: Tx,
  workspaceId: string,
  connectionId: string,
  names: readonly ListName[],
): Promise<void> {
  if (names.length === 0) return;
  await tx.query(
    `insert into directory_names as n (workspace_id, connection_id, list, id, name)
     select distinct on (list, id) $1::uuid, $2::uuid, list, id, name
       from unnest($3::text[], $4::text[], $5::text[]) as given(list, id, name)
      order by list, id
     on conflict (workspace_id, connection_id, list, id) do update
        set name = excluded.name where n.name <> excluded.name`,
    [
      workspaceId,
      connectionId,
      names.map(({ list }) => list),
      names.map(({ id }) => id),
      names.map(({ name }) => name),
    ],
  );
}

/** People that no mapping and no catch-all names any more are forgotten. */
export async function forgetContacts(tx: Tx, workspaceId: string, connectionId: string): Promise<void> {
  await tx.query(
    `delete from directory_names n
      where n.workspace_id = $1 and n.connection_id = $2 and n.list = '${contactList}'
        and not exists (select from mappings m where m.workspace_id = n.workspace_id
                           and m.connection_id = n.connection_id and m.contact_id = n.id)
        and not exists (select from connections c, jsonb_each_text(coalesce(c.steps -> 'accounts', '{}')) as value
                         where c.workspace_id = n.workspace_id and c.id = n.connection_id and value.value = n.id)`,
    [workspaceId, connectionId],
  );
}
