/** API keys: list, make, revoke (design §9). Only an admin key may. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { byOf } from '../audit/index.ts';
import type { Database } from '../db/database.ts';
import { notFound } from '../errors.ts';
import {
  idParams,
  likePattern,
  type Plugin,
  pageOf,
  pageQuery,
  readCursor,
  searchQuery,
  toPage,
  typed,
} from '../http/index.ts';
import type { Access } from './access.ts';
import { makeKey } from './keys.ts';
import { recordKey } from './record.ts';
import { forAdministrators, sensitive } from './routeConfig.ts';
import { scopes } from './scopes.ts';
import { findKey, insertKey, listKeys, revokeKey, toApiKey } from './store.ts';

const apiKey = z.object({
  id: z.string(),
  name: z.string(),
  prefix: z.string(),
  scopes: z.array(z.enum(scopes)),
  source: z.string().nullable(),
  createdAt: z.string(),
});

const newApiKey = z.strictObject({
  name: z.string().trim().min(1).max(200),
  scopes: z.array(z.enum(scopes)).min(1).max(scopes.length),
  source: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .optional()
    .meta({ description: 'Alerts sent with this key are of this source, whatever they say.' }),
});

const position = z.tuple([z.iso.datetime(), z.uuid()]);
const tags = ['access'];

export function apiKeyRoutes({ db, access }: { db: Database; access: Access }): Plugin {
  return (app) => {
    const routes = typed(app);
    routes.get(
      '/api-keys',
      {
        config: forAdministrators,
        schema: {
          tags,
          summary: 'API keys that are valid, newest first',
          querystring: z.strictObject({ ...pageQuery, ...searchQuery }),
          response: { 200: pageOf(apiKey) },
        },
      },
      async ({ actor, query: { limit, cursor, q } }) => {
        const after = readCursor('apiKeys', cursor, position);
        const pattern = q === undefined ? undefined : likePattern(q);
        const rows = await db.inWorkspace(actor.workspaceId, (tx) =>
          listKeys(tx, actor.workspaceId, { limit: limit + 1, after, pattern }),
        );
        return toPage('apiKeys', rows, limit, toApiKey, (row) => [row.created_at.toISOString(), row.id]);
      },
    );

    routes.post(
      '/api-keys',
      {
        config: sensitive,
        schema: {
          tags,
          summary: 'Make an API key; the key is shown in this answer only',
          body: newApiKey,
          response: { 201: apiKey.extend({ key: z.string() }) },
        },
      },
      async (request, reply) => {
        const { actor, body } = request;
        const by = byOf(request);
        const made = makeKey();
        const wanted = { ...body, scopes: [...new Set(body.scopes)], id: randomUUID() };
        const row = await db.inWorkspace(actor.workspaceId, async (tx) => {
          const { prefix, hash } = made;
          const inserted = await insertKey(tx, actor.workspaceId, { ...wanted, prefix, hash });
          await recordKey(tx, actor.workspaceId, by, 'apiKey.create', inserted);
          return inserted;
        });
        return reply.code(201).send({ ...toApiKey(row), key: made.key });
      },
    );

    routes.delete(
      '/api-keys/:id',
      {
        config: sensitive,
        schema: {
          tags,
          summary: 'Revoke an API key; it stops within 5 seconds',
          params: idParams,
          response: { 204: z.null() },
        },
      },
      async (request, reply) => {
        const { workspaceId } = request.actor;
        const { id } = request.params;
        const by = byOf(request);
        await db.inWorkspace(workspaceId, async (tx) => {
          const row = await findKey(tx, workspaceId, id);
          if (!row || !(await revokeKey(tx, workspaceId, id))) throw notFound('API key');
          await recordKey(tx, workspaceId, by, 'apiKey.revoke', row);
        });
        access.forget(id);
        return reply.code(204).send(null);
      },
    );
  };
}
