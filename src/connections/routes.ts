/** Connections: configured PSAs, their steps and mappings (design §9, req 26–108). */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { byOf } from '../audit/index.ts';
import {
  flagQuery,
  idParams,
  idText,
  type Plugin,
  pagedList,
  pageOf,
  pageQuery,
  searchQuery,
  setEtag,
  typed,
} from '../http/index.ts';
import type { Field } from '../psa/contract.ts';
import { subjectPresets, templateFields } from '../templates/index.ts';
import { registerActions } from './actionRoutes.ts';
import type { Where } from './ask.ts';
import { putCredentials } from './credentials.ts';
import { changeIgnored } from './ignoredAccounts.ts';
import { createConnection, patchConnection, removeConnection } from './lifecycle.ts';
import { registerLists } from './listRoutes.ts';
import { putMappings, readMappings } from './mappings.ts';
import type { ConnectionParts } from './parts.ts';
import { answerOne, checkOf, checkSetOf, orderOf, whereOf } from './routeParts.ts';
import {
  connection,
  connectionChange,
  connectionWithChecks,
  ignoredChange,
  kind,
  mappingSet,
  newConnection,
  newMappingSet,
} from './schemas.ts';
import { putStep, steps } from './steps.ts';
import { type CountedConnectionRow, listConnections } from './store.ts';
import { registerSuggestions } from './suggestions.ts';
import { toView } from './view.ts';

const tags = ['connections'];
const read = { scope: 'read' } as const;
const admin = { scope: 'admin' } as const;
const params = idParams;
const byAge = pagedList('connections', z.tuple([z.iso.datetime(), idText]), (row: CountedConnectionRow) => [
  row.created_at.toISOString(),
  row.id,
]);

/** The routes of this slice; {@link ./connections.ts} makes the parts. */
export function routesOf(parts: ConnectionParts): Plugin {
  return (app) => {
    registerKinds(app, parts);
    registerReads(app, parts);
    registerChanges(app, parts);
    registerSteps(app, parts);
    registerMappings(app, parts);
    registerLists(app, parts);
    registerSuggestions(app, parts);
    registerActions(app, parts);
  };
}

function registerKinds(app: FastifyInstance, { adapters }: ConnectionParts): void {
  const items = [...adapters.values()].map(({ kind, label, fields, accountFilters, setup }) => ({
    kind,
    label,
    fields: fields.map(withPresets),
    accountFilters: [...accountFilters],
    setup,
  }));
  typed(app).get(
    '/psa/kinds',
    {
      config: read,
      schema: {
        tags,
        summary: 'PSAs that can be connected, with their fields',
        response: { 200: pageOf(kind) },
      },
    },
    async () => ({ items: items as unknown as z.input<typeof kind>[], nextCursor: null }),
  );
}

/** Templates name fields of a documented list; subjects are picked from presets too (decision 13), an adapter may have its own. */
function withPresets(field: Field): Field {
  if (field.kind !== 'template') return field;
  return { ...(field.role === 'subject' && { presets: subjectPresets }), ...field, names: templateNames };
}

const templateNames = templateFields.map(({ path, label, example }) => ({ path, label, example }));

function registerReads(app: FastifyInstance, parts: ConnectionParts): void {
  const routes = typed(app);
  routes.get(
    '/psa/connections',
    {
      config: read,
      schema: {
        tags,
        summary: 'Connections, oldest first',
        querystring: z.strictObject({ ...pageQuery, ...searchQuery }),
        response: { 200: pageOf(connection) },
      },
    },
    async ({ actor: { workspaceId }, query }) => {
      const wanted = byAge.wanted(query);
      const rows = await parts.db.inWorkspace(workspaceId, (tx) => listConnections(tx, workspaceId, wanted));
      return byAge.page(rows, query, (row) => toView(parts, row));
    },
  );

  routes.get(
    '/psa/connections/:id',
    { config: read, schema: { tags, summary: 'One connection', params, response: { 200: connection } } },
    (request, reply) => answerOne(parts, whereOf(request), reply),
  );
}

function registerChanges(app: FastifyInstance, parts: ConnectionParts): void {
  const routes = typed(app);
  routes.post(
    '/psa/connections',
    {
      config: admin,
      schema: {
        tags,
        summary: 'Begin a connection, as a draft',
        body: newConnection,
        response: { 201: connection },
      },
    },
    async (request, reply) => {
      const { workspaceId } = request.actor;
      const by = byOf(request);
      const connectionId = await createConnection(parts, { workspaceId, by }, request.body);
      reply.code(201).header('location', `/api/v1/psa/connections/${connectionId}`);
      return answerOne(parts, { workspaceId, connectionId }, reply);
    },
  );

  routes.patch(
    '/psa/connections/:id',
    {
      config: admin,
      schema: {
        tags,
        summary: 'Rename it, make it the default one, or set its share of the calls to the PSA',
        params,
        body: connectionChange,
        response: { 200: connection },
      },
    },
    async (request, reply) => {
      await patchConnection(parts, orderOf(request), request.body, checkOf(request));
      return answerOne(parts, whereOf(request), reply);
    },
  );

  routes.delete(
    '/psa/connections/:id',
    {
      config: admin,
      schema: {
        tags,
        summary:
          'Remove a connection; with force=true also while deliveries wait for it, which are given up then',
        params,
        querystring: z.strictObject({ force: flagQuery.optional() }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const force = request.query.force ?? false;
      await removeConnection(parts, orderOf(request), { force }, checkOf(request));
      return reply.code(204).send(null);
    },
  );
}

function registerSteps(app: FastifyInstance, parts: ConnectionParts): void {
  // The members of a step are declared by the adapter and checked against its declaration.
  const body = z.record(z.string().max(100), z.unknown());
  for (const step of steps) {
    typed(app).put(
      `/psa/connections/:id/steps/${step}`,
      {
        config: step === 'credentials' ? { ...admin, isSensitive: true } : admin,
        schema: {
          tags,
          summary: `Save the step "${step}"; its members are the fields that the kind declares`,
          params,
          body,
          response: { 200: connectionWithChecks },
        },
      },
      async (request, reply) => {
        const order = orderOf(request);
        const check = checkOf(request);
        if (step === 'credentials') {
          const checks = await putCredentials(parts, order, request.body, check);
          return { ...(await answerOne(parts, order, reply)), checks };
        }
        await putStep(parts, order, step, request.body, check);
        return answerOne(parts, order, reply);
      },
    );
  }
}

function registerMappings(app: FastifyInstance, parts: ConnectionParts): void {
  const routes = typed(app);
  routes.get(
    '/psa/connections/:id/mappings',
    {
      config: read,
      schema: {
        tags,
        summary: 'Which account gets the tickets of which organization',
        params,
        response: { 200: mappingSet },
      },
    },
    (request, reply) => answerSet(parts, whereOf(request), reply),
  );

  routes.put(
    '/psa/connections/:id/mappings',
    {
      config: admin,
      schema: {
        tags,
        summary: 'Replace the mapping table',
        description: 'Its revision, for If-Match, is its own: changes of steps do not count.',
        params,
        body: newMappingSet,
        response: { 200: mappingSet },
      },
    },
    async (request, reply) => {
      await putMappings(parts, orderOf(request), request.body, checkSetOf(request));
      return answerSet(parts, whereOf(request), reply);
    },
  );

  routes.patch(
    '/psa/connections/:id/accounts/ignored',
    {
      config: admin,
      schema: {
        tags,
        summary: 'Offer accounts for mapping no more, or again; the mappings stay as they are',
        params,
        body: ignoredChange,
        response: { 200: mappingSet },
      },
    },
    async (request, reply) => {
      await changeIgnored(parts, orderOf(request), request.body, checkSetOf(request));
      return answerSet(parts, whereOf(request), reply);
    },
  );
}

/** The mapping table as it is now, with the ETag of its own. */
async function answerSet(parts: ConnectionParts, where: Where, reply: Parameters<typeof setEtag>[0]) {
  const { set, revision } = await readMappings(parts, where);
  setEtag(reply, revision);
  return set;
}
