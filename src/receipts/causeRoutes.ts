/** GET /deliveries/causes, and what a person decides for a whole cause. */

import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { byOf } from '../audit/index.ts';
import { typed } from '../http/index.ts';
import { cause, counted } from './causeSchemas.ts';
import { type CauseRow, listCauses } from './causeStore.ts';
import { discardCause, retryCause, stateOf, wordsOf } from './causes.ts';
import type { ReceiptParts } from './parts.ts';

const tags = ['deliveries'];
/** An id as GET /deliveries/causes answers it. */
export const causeId = z.string().regex(/^[0-9a-f]{32}$/, 'must be the id of a cause');
const reason = z.string().trim().max(500);
export function registerCauses(app: FastifyInstance, { db, wake }: ReceiptParts): void {
  const routes = typed(app);
  routes.get(
    '/deliveries/causes',
    {
      config: { scope: 'read' },
      schema: {
        tags,
        summary: 'What needs a person, by cause, the largest first',
        description:
          'Failed and held deliveries, and those uncertain for more than an hour. Problems that differ only in ids and numbers are one cause.',
        response: { 200: z.object({ items: z.array(cause) }) },
      },
    },
    async ({ actor: { workspaceId } }) => {
      const rows = await db.inWorkspace(workspaceId, (tx) => listCauses(tx, workspaceId));
      return { items: rows.map((row) => toCause(row, workspaceId)) };
    },
  );

  routes.post(
    '/deliveries/retry',
    {
      config: { scope: 'operate' },
      schema: {
        tags,
        summary: 'Put all failed deliveries of a cause back in line',
        body: z.strictObject({ causeId, reason: reason.optional() }),
        response: { 200: counted },
      },
    },
    async (request) => {
      const { workspaceId } = request.actor;
      const by = byOf(request, request.body.reason);
      return { count: await retryCause(db, { workspaceId, causeId: request.body.causeId, by, wake }) };
    },
  );

  routes.post(
    '/deliveries/discard',
    {
      config: { scope: 'operate' },
      schema: {
        tags,
        summary: 'Give all deliveries of a cause up, with a reason',
        body: z.strictObject({ causeId, reason: reason.min(1) }),
        response: { 200: counted },
      },
    },
    async (request) => {
      const { actor, body } = request;
      const { workspaceId, name } = actor;
      const decision = { workspaceId, causeId: body.causeId, by: byOf(request, body.reason), wake };
      return { count: await discardCause(db, decision, `Discarded by ${name}: ${body.reason}`) };
    },
  );
}

function toCause(row: CauseRow, workspaceId: string): z.input<typeof cause> {
  return {
    id: row.id,
    words: wordsOf(row),
    connectionId: row.channel_id === workspaceId ? null : row.channel_id,
    connectionName: row.channel_name,
    state: stateOf(row),
    reason: row.reason,
    count: row.count,
    oldest: row.oldest?.toISOString() ?? null,
    exampleDeliveryId: row.example_id,
  };
}
