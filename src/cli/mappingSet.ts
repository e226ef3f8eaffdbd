/** The mapping table of a connection as commands change it: the API takes the whole set, for the revision that it was made from. */
import { inPath } from './apiCommand.ts';
import { type Client, type Reply, refusalOf } from './client.ts';
import { CommandError } from './errors.ts';

/** A row as the API shows it. */
export interface Mapping {
  organizationId: string;
  organizationName: string;
  accountId: string;
  accountName: string | null;
  accountIsActive: boolean | null;
  contactId: string | null;
  contractId: string | null;
}

export interface MappingSet {
  mappings: Mapping[];
  ignoredAccountIds: string[];
  unmappedOrganizations: number;
}

export const pathOf = (id: string): string => `/psa/connections/${inPath(id)}/mappings`;

const mostTurns = 5;

/**
 * Stores what `make` makes of the rows that are stored; of those that are there then when somebody else was first.
 * @throws CommandError
 */
export async function changeSet(
  client: Client,
  id: string,
  make: (stored: readonly Mapping[]) => readonly object[],
): Promise<MappingSet> {
  for (let turn = 1; ; turn += 1) {
    const read = await client.send('GET', pathOf(id));
    const { mappings } = bodyOf(read, client);
    const text = JSON.stringify({ mappings: make(mappings) });
    const put = await client.send('PUT', pathOf(id), text, read.etag);
    if (put.status !== 412 || turn === mostTurns) return bodyOf(put, client);
  }
}

function bodyOf(reply: Reply, { url }: Client): MappingSet {
  if (reply.status >= 200 && reply.status < 300) return reply.body as MappingSet;
  throw new CommandError(refusalOf(reply, url));
}

/** What is stored, as the API takes it back. */
export function toNew(stored: Mapping): Record<string, unknown> {
  const { organizationName: _name, accountName: _account, accountIsActive: _active, ...rest } = stored;
  return rest;
}
