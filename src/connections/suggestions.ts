/** GET /psa/connections/{id}/suggestions: which account each unmapped organization may belong to, by its name. */

import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Tx } from '../db/database.ts';
import { idParams, typed } from '../http/index.ts';
import type { Where } from './ask.ts';
import { suggestion } from './directorySchemas.ts';
import type { ConnectionParts } from './parts.ts';
import { whereOf } from './routeParts.ts';
import { matchNames, type Named } from './similarNames.ts';
import { mustFind } from './steps.ts';

export function registerSuggestions(app: FastifyInstance, parts: ConnectionParts): void {
  typed(app).get(
    '/psa/connections/:id/suggestions',
    {
      config: { scope: 'read' },
      schema: {
        tags: ['connections'],
        summary: 'For each unmapped organization the account that is named alike, if there is exactly one',
        params: idParams,
        response: { 200: z.object({ items: z.array(suggestion) }) },
      },
    },
    async (request) => {
      const where = whereOf(request);
      const { organizations, accounts } = await parts.db.inWorkspace(where.workspaceId, async (tx) => {
        await mustFind(tx, where);
        return { organizations: await listUnmapped(tx, where), accounts: await listOffered(tx, where) };
      });
      const nameOf = new Map(accounts.map(({ id, name }) => [id, name]));
      const items = matchNames(organizations, accounts).map(({ id, ...match }) => ({
        organizationId: id,
        accountName: nameOf.get(match.accountId) ?? '',
        ...match,
      }));
      return { items };
    },
  );
}

/** Those that another connection gets on purpose are not looked for here (decision 7). */
async function listUnmapped(tx: Tx, { workspaceId, connectionId }: Where): Promise<Named[]> {
  const { rows } = await tx.query<Named>(
    `select o.id, o.name from organizations o
      where o.workspace_id = $1 and (o.connection_id is null or o.connection_id = $2)
        and not exists (select from mappings m where m.workspace_id = o.workspace_id and m.connection_id = $2
                                                 and m.organization_id = o.id)
      order by lower(o.name), o.id`,
    [workspaceId, connectionId],
  );
  return rows;
}

/** Active accounts that are not ignored (req 65). */
async function listOffered(tx: Tx, { workspaceId, connectionId }: Where): Promise<Named[]> {
  const { rows } = await tx.query<Named>(
    `select d.account_id as id, d.name from directory_accounts d
      where d.workspace_id = $1 and d.connection_id = $2 and d.is_active
        and not exists (select from ignored_accounts i where i.workspace_id = d.workspace_id
                           and i.connection_id = d.connection_id and i.account_id = d.account_id)`,
    [workspaceId, connectionId],
  );
  return rows;
}
