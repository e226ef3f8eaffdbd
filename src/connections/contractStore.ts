/** Contracts of the PSA as they were last met. */
import type { Tx } from '../db/database.ts';
import type { Contract } from '../psa/contract.ts';

export interface ContractRow {
  contract_id: string;
  account_id: string;
  name: string;
  contract_number: string | null;
  /** In force when it was met, and not ended since. */
  is_active: boolean;
  takes_services: boolean;
  ends_on: string | null;
}

/** Those that the mappings of a connection name, as far as they were met. */
export async function listMappedContracts(
  tx: Tx,
  workspaceId: string,
  connectionId: string,
): Promise<ContractRow[]> {
  const { rows } = await tx.query<ContractRow>(
    `select k.contract_id, k.account_id, k.name, k.contract_number, k.takes_services, k.ends_on::text,
            k.is_active and (k.ends_on is null or k.ends_on >= (now() at time zone 'utc')::date) as is_active
       from directory_contracts k
      where k.workspace_id = $1 and k.connection_id = $2
        and exists (select from mappings m where m.workspace_id = k.workspace_id
                       and m.connection_id = k.connection_id and m.contract_id = k.contract_id)
      order by k.contract_id`,
    [workspaceId, connectionId],
  );
  return rows;
}

export async function rememberContracts(
  tx: Tx,
  workspaceId: string,
  connectionId: string,
  contracts: readonly Contract[],
): Promise<void> {
  await tx.query(
    `insert into directory_contracts (workspace_id, connection_id, contract_id, account_id, name, contract_number,
                                      is_active, takes_services, ends_on)
     select $1, $2, * from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::boolean[], $8::boolean[],
                                  $9::date[])
     on conflict (workspace_id, connection_id, contract_id) do update
        set account_id = excluded.account_id, name = excluded.name, contract_number = excluded.contract_number,
            is_active = excluded.is_active, takes_services = excluded.takes_services, ends_on = excluded.ends_on,
            met_at = now()`,
    [
      workspaceId,
      connectionId,
      contracts.map(({ id }) => id),
      contracts.map(({ accountId }) => accountId),
      contracts.map(({ name }) => name),
      contracts.map(({ number }) => number ?? null),
      contracts.map(({ isActive }) => isActive),
      contracts.map(({ takesServices }) => takesServices),
      contracts.map(({ endsOn }) => endsOn ?? null),
    ],
  );
}
