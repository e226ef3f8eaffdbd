/** The mappings of a connection on the server: one set, which is read and changed as a whole, one change after the other. */
import { type QueryClient, queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type { mappingSet } from '../../../../../src/connections/schemas.ts';
import { getVersioned, sendVersioned, type Versioned } from '../../../api/client.ts';
import { connectionPath } from '../../psa/queries.ts';

export type MappingSet = z.output<typeof mappingSet>;
export type Mapping = MappingSet['mappings'][number];

/** A row as the server takes it. */
export type NewMapping = Omit<Mapping, 'organizationName' | 'accountName' | 'accountIsActive'>;

/** The stored rows of a set by organization. */
export type Stored = ReadonlyMap<string, Mapping>;

const mappingsPath = (connectionId: string): string => `${connectionPath(connectionId)}/mappings`;

/** The set; what is kept of it has its revision too. */
export const mappingsQuery = (connectionId: string) =>
  queryOptions({
    queryKey: ['mappings', connectionId],
    queryFn: ({ signal }) => getVersioned<MappingSet>(mappingsPath(connectionId), signal),
    select: ({ value }) => value,
  });

export const storedOf = (mappings: readonly Mapping[]): Stored =>
  new Map(mappings.map((mapping) => [mapping.organizationId, mapping]));

/** A stored row without what the server adds to it. */
export function toNew(mapping: Mapping): NewMapping {
  const { organizationName: _name, accountName: _account, accountIsActive: _isActive, ...row } = mapping;
  return row;
}

/** The set of one connection on the server. */
export interface SetApi {
  read(): Promise<Versioned<MappingSet>>;
  /** @throws Problem 412 when the set is not that of `etag` any more, 422 that names rows */
  put(mappings: readonly NewMapping[], etag: string | null): Promise<Versioned<MappingSet>>;
}

/** `reason`: why it is changed, for the audit. */
export const apiOf = (connectionId: string, reason: string | undefined): SetApi => ({
  read: () => getVersioned<MappingSet>(mappingsPath(connectionId)),
  put: (mappings, ifMatch) =>
    sendVersioned<MappingSet>('PUT', mappingsPath(connectionId), { body: { mappings }, ifMatch, reason }),
});

/** The last change in line, by connection. */
const lastInLine = new Map<string, Promise<unknown>>();

/** Begins when the changes of this tab before it have ended, however they ended. */
export function inTurn<T>(connectionId: string, change: () => Promise<T>): Promise<T> {
  const before = lastInLine.get(connectionId) ?? Promise.resolve();
  const mine = before.then(change, change);
  lastInLine.set(connectionId, mine);
  return mine;
}

/** Shows a set that the server has answered. An answer that was asked for earlier and comes later does not replace it. */
export async function show(
  client: QueryClient,
  connectionId: string,
  set: Versioned<MappingSet>,
): Promise<void> {
  const { queryKey } = mappingsQuery(connectionId);
  await client.cancelQueries({ queryKey });
  client.setQueryData(queryKey, set);
}
