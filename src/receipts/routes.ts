/** The delivery log: list, one with its attempts, retry and discard. */
import { z } from 'zod';
import { byOf, record } from '../audit/index.ts';
import type { Tx } from '../db/database.ts';
import { notFound } from '../errors.ts';
import {
  type Actor,
  idText,
  type Plugin,
  pagedList,
  pageOf,
  pageQuery,
  searchQuery,
  typed,
} from '../http/index.ts';
import { deliverySchema, deliveryStates, toDelivery } from './answer.ts';
import { causeId, registerCauses } from './causeRoutes.ts';
import { type Decided, discardDelivery, retryDelivery } from './decide.ts';
import type { ReceiptParts } from './parts.ts';
import type { DeliveryRow } from './row.ts';
import { loadSent } from './sent.ts';
import { findDelivery, listDeliveries } from './store.ts';

/** An id of the hot tables: a positive number as text. */
export const rowId = z.string().regex(/^[1-9]\d{0,17}$/, 'must be an id');

const params = z.strictObject({ id: rowId });
const byNewest = pagedList('deliveries', z.tuple([rowId]), (row: DeliveryRow) => [row.id]);
const tags = ['deliveries'];
const reasonBody = z
  .strictObject({ reason: z.string().trim().max(500).optional() })
  .optional()
  .meta({ description: 'Why, for those who read the log later.' });

export function receiptRoutes({ db, wake }: ReceiptParts): Plugin {
  return (app) => {
    const routes = typed(app);
    registerCauses(app, { db, wake });

    async function one(workspaceId: string, id: string) {
      return db.inWorkspace(workspaceId, async (tx) => {
        const row = await findDelivery(tx, workspaceId, id);
        if (!row) throw notFound('delivery');
        return toDelivery(row, await loadSent(tx, workspaceId, [row]));
      });
    }

    /** Recorded with its number only: what is kept for good names nothing that retention removes. */
    async function decide(
      request: Parameters<typeof byOf>[0] & { actor: Actor; params: { id: string } },
      { action, reason }: { action: 'delivery.retry' | 'delivery.discard'; reason: string | undefined },
      work: (tx: Tx) => Promise<Decided>,
    ) {
      const { workspaceId } = request.actor;
      const { id } = request.params;
      const by = byOf(request, reason);
      const { channelId } = await db.inWorkspace(workspaceId, async (tx) => {
        const decided = await work(tx);
        const { before, after } = decided;
        const target = { kind: 'delivery', id, name: `delivery ${id}` } as const;
        await record(tx, workspaceId, by, {
          action,
          target,
          before: { state: before },
          after: { state: after },
        });
        return decided;
      });
      wake(workspaceId, [channelId]);
      return one(workspaceId, id);
    }

    routes.get(
      '/deliveries',
      {
        config: { scope: 'read' },
        schema: {
          tags,
          summary: 'What is owed and what became of it, newest first',
          querystring: z.strictObject({
            ...pageQuery,
            ...searchQuery,
            state: z.enum(deliveryStates).optional(),
            connectionId: idText.optional(),
            organizationId: idText.optional(),
            causeId: causeId.optional().meta({ description: 'Of an entry of /deliveries/causes.' }),
          }),
          response: { 200: pageOf(deliverySchema) },
        },
      },
      async ({ actor: { workspaceId }, query }) => {
        const { after, ...wanted } = byNewest.wanted(query);
        const rows = await db.inWorkspace(workspaceId, (tx) =>
          listDeliveries(tx, workspaceId, { ...query, ...wanted, before: after?.[0] }),
        );
        return byNewest.page(rows, query, (row) => toDelivery(row));
      },
    );

    routes.get(
      '/deliveries/:id',
      {
        config: { scope: 'read' },
        schema: {
          tags,
          summary: 'One delivery with its attempts',
          params,
          response: { 200: deliverySchema },
        },
      },
      ({ actor, params: { id } }) => one(actor.workspaceId, id),
    );

    routes.post(
      '/deliveries/:id/retry',
      {
        config: { scope: 'operate' },
        schema: {
          tags,
          summary: 'Put a failed or skipped delivery back in line',
          params,
          body: reasonBody,
          response: { 200: deliverySchema },
        },
      },
      (request) => {
        const { actor, params, body } = request;
        const retry = { action: 'delivery.retry', reason: body?.reason } as const;
        return decide(request, retry, (tx) => retryDelivery(tx, actor.workspaceId, params.id));
      },
    );

    routes.post(
      '/deliveries/:id/discard',
      {
        config: { scope: 'operate' },
        schema: {
          tags,
          summary: 'Give a delivery up, with a reason',
          params,
          body: reasonBody,
          response: { 200: deliverySchema },
        },
      },
      (request) => {
        const { actor, params } = request;
        const reason = request.body?.reason;
        return decide(request, { action: 'delivery.discard', reason }, (tx) =>
          discardDelivery(tx, actor.workspaceId, params.id, { name: actor.name, reason }),
        );
      },
    );
  };
}
