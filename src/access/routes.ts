/** API keys: list, make, revoke (design §9). Only an admin key may. */

import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { byOf } from '../audit/index.ts';
import type { Database, PeopleDatabase, Tx } from '../db/database.ts';
import { notFound } from '../errors.ts';
import {
  idParams,
  likePattern,
  type Plugin,
  pageOf,
  pageQuery,
  readCursor,
  scopes,
  searchQuery,
  toPage,
  typed,
} from '../http/index.ts';
import type { Access } from './access.ts';
import { makeKey } from './keys.ts';
import { endInvitationsOfKey } from './people/keyInvitations.ts';
import { recordKey } from './record.ts';
import { forAdministrators, sensitive } from './routeConfig.ts';
import { apiKey, newlyMadeKey } from './schemas.ts';
import { findKey, insertKey, type KeyRow, listKeys, revokeKey, toApiKey } from './store.ts';

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

export interface ApiKeyParts {
  db: Database;
  people: PeopleDatabase;
  access: Access;
}

export function apiKeyRoutes({ db, people, access }: ApiKeyParts): Plugin {
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
          response: { 201: newlyMadeKey },
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
          summary: 'Revoke an API key; it stops within 5 seconds, and open invitations made with it are void',
          params: idParams,
          response: { 204: z.null() },
        },
      },
      async (request, reply) => {
        const { workspaceId } = request.actor;
        const { id } = request.params;
        const by = byOf(request);
        // The audit comes last in every transaction of people: two of them never wait for each other in a circle.
        await people.transaction(async (tx) => {
          const row = await people.asApplication(tx, workspaceId, (app) => revoke(app, workspaceId, id));
          const recordRevoked = (app: Tx) => recordKey(app, workspaceId, by, 'apiKey.revoke', row);
          await endInvitationsOfKey(people, tx, workspaceId, by, id);
          await people.asApplication(tx, workspaceId, recordRevoked);
        });
        access.forget(id);
        return reply.code(204).send(null);
      },
    );
  };
}

/** @throws Problem 404 when there is no such key, or it was revoked before */
async function revoke(tx: Tx, workspaceId: string, id: string): Promise<KeyRow> {
  const row = await findKey(tx, workspaceId, id);
  if (!row || !(await revokeKey(tx, workspaceId, id))) throw notFound('API key');
  return row;
}
