/** What the PSA has to choose from: accounts, contacts, lists (req 63–65). */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { notFound, Problem } from '../errors.ts';
import { flagQuery, idParams, pagedList, pageOf, pageQuery, searchQuery, typed } from '../http/index.ts';
import type { Adapter } from '../psa/contract.ts';
import { beginAsking, unwrap } from './ask.ts';
import { registerContracts } from './contractRoutes.ts';
import { accountFacet } from './directorySchemas.ts';
import {
  countFacets,
  type FacetRow,
  findAccounts,
  type ListedAccountRow,
  listAccounts,
} from './directoryStore.ts';
import type { ConnectionParts } from './parts.ts';
import { readPsaPage } from './psaPages.ts';
import { whereOf } from './routeParts.ts';
import { account, choice, contact, namedAccount } from './schemas.ts';
import { adapterOf } from './session.ts';
import { mustFind } from './steps.ts';

const tags = ['connections'];
const config = { scope: 'read' } as const;
const byName = pagedList('accounts', z.tuple([z.string(), z.string()]), (row: ListedAccountRow) => [
  row.sort_name,
  row.account_id,
]);
const psaId = z.string().min(1).max(100);

/** The filters that an adapter declares are query parameters of their own, so the query is open; see filtersOf. */
const accountQuery = z
  .object({
    ...pageQuery,
    ...searchQuery,
    ignored: flagQuery.optional(),
    mapped: flagQuery.optional(),
    facets: flagQuery.optional().meta({ description: 'Also counts the values of each filter.' }),
  })
  .catchall(z.string().max(1_000));

export function registerLists(app: FastifyInstance, parts: ConnectionParts): void {
  registerAccounts(app, parts);
  registerOneAccount(app, parts);
  registerContacts(app, parts);
  registerChoices(app, parts);
  registerContracts(app, parts);
}

function registerAccounts(app: FastifyInstance, parts: ConnectionParts): void {
  typed(app).get(
    '/psa/connections/:id/accounts',
    {
      config,
      schema: {
        tags,
        summary: 'Active accounts of the PSA as last loaded, by name',
        description:
          'Filters are those that the kind declares, each with values separated by commas; ignored accounts only with ignored=true.',
        params: idParams,
        querystring: accountQuery,
        response: { 200: pageOf(account).extend({ facets: z.array(accountFacet).optional() }) },
      },
    },
    ({ actor: { workspaceId }, params, query }) => {
      const { limit: _limit, cursor: _cursor, q: _q, ignored, mapped, facets, ...filters } = query;
      const wanted = byName.wanted(query);
      return parts.db.inWorkspace(workspaceId, async (tx) => {
        const { kind } = await mustFind(tx, { workspaceId, connectionId: params.id });
        const adapter = adapterOf(parts, kind);
        const chosen = { ...wanted, isIgnored: ignored ?? false, isMapped: mapped };
        const found = { ...chosen, filters: filtersOf(adapter, filters) };
        const rows = await listAccounts(tx, workspaceId, params.id, found);
        const page = byName.page(rows, query, toAccount);
        if (!facets) return page;
        return { ...page, facets: toFacets(adapter, await countFacets(tx, workspaceId, params.id, chosen)) };
      });
    },
  );
}

function registerOneAccount(app: FastifyInstance, parts: ConnectionParts): void {
  typed(app).get(
    '/psa/connections/:id/accounts/:accountId',
    {
      config,
      schema: {
        tags,
        summary: 'One account of the PSA as last loaded, by its id, also when it is no longer active',
        params: z.strictObject({ ...idParams.shape, accountId: psaId }),
        response: { 200: namedAccount },
      },
    },
    ({ actor: { workspaceId }, params }) =>
      parts.db.inWorkspace(workspaceId, async (tx) => {
        await mustFind(tx, { workspaceId, connectionId: params.id });
        const rows = await findAccounts(tx, workspaceId, params.id, [params.accountId]);
        const row = rows.get(params.accountId);
        if (!row) throw notFound('account');
        return { id: row.account_id, name: row.name, number: row.account_number, isActive: row.is_active };
      }),
  );
}

/** @throws Problem 400 for parameters that are no filters of this kind */
function filtersOf({ accountFilters }: Adapter, given: Record<string, unknown>): Record<string, string[]> {
  const known = new Set(accountFilters.map(({ key }) => key));
  const filters: Record<string, string[]> = {};
  for (const [key, value] of Object.entries(given)) {
    if (!known.has(key) || typeof value !== 'string') {
      const message = `Accounts can be filtered by ${[...known].join(', ')}.`;
      throw new Problem(400, 'invalidQuery', message);
    }
    filters[key] = value.split(',').map((one) => one.trim());
  }
  return filters;
}

/** In the order in which the kind declares its filters. */
function toFacets({ accountFilters }: Adapter, rows: readonly FacetRow[]): z.input<typeof accountFacet>[] {
  return accountFilters.map(({ key, label }) => ({
    filter: key,
    label,
    values: rows.filter(({ filter }) => filter === key).map(({ value, count }) => ({ value, count })),
  }));
}

function toAccount(row: ListedAccountRow): z.input<typeof account> {
  return {
    id: row.account_id,
    name: row.name,
    number: row.account_number,
    webAddress: row.web_address,
    isActive: row.is_active,
    filters: row.filters,
    isIgnored: row.is_ignored,
    organizationIds: row.organization_ids ?? [],
  };
}

function registerContacts(app: FastifyInstance, parts: ConnectionParts): void {
  typed(app).get(
    '/psa/connections/:id/contacts',
    {
      config,
      schema: {
        tags,
        summary: 'Active contacts of an account, asked of the PSA',
        params: idParams,
        querystring: z.strictObject({ ...pageQuery, accountId: psaId }),
        response: { 200: pageOf(contact) },
      },
    },
    async (request) => {
      const { limit, cursor, accountId } = request.query;
      return readPsaPage(
        { list: 'contacts', of: accountId, limit, cursor },
        () => beginAsking(parts, whereOf(request)),
        (asking, from) => asking.session.contacts(accountId, from),
      );
    },
  );
}

function registerChoices(app: FastifyInstance, parts: ConnectionParts): void {
  typed(app).get(
    '/psa/connections/:id/choices',
    {
      config,
      schema: {
        tags,
        summary: 'The values of a select field, a priority list or an account filter, inactive ones included',
        params: idParams,
        querystring: z.strictObject({ field: z.string().min(1).max(100), parent: psaId.optional() }),
        response: { 200: pageOf(choice) },
      },
    },
    async (request) => {
      const { field, parent } = request.query;
      const where = whereOf(request);
      const row = await parts.db.inWorkspace(where.workspaceId, (tx) => mustFind(tx, where));
      if (!listsOf(adapterOf(parts, row.kind)).has(field)) {
        throw new Problem(400, 'invalidQuery', 'This PSA has no such list.');
      }
      const asking = await beginAsking(parts, where);
      const choices = await unwrap(asking, await asking.session.choices(field));
      const items = parent === undefined ? choices : choices.filter(({ parentId }) => parentId === parent);
      return { items, nextCursor: null };
    },
  );
}

function listsOf({ fields, accountFilters }: Adapter): Set<string> {
  const lists = accountFilters.map(({ key }) => key);
  for (const field of fields) {
    if (field.kind === 'select') lists.push(field.key);
    if (field.kind === 'severityMap') lists.push(field.choices);
  }
  return new Set(lists);
}
