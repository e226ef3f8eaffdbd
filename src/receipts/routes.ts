/** The delivery log: list, one with its attempts, retry and discard. */
import { z } from 'zod';
import type { Database } from '../db/database.ts';
import { notFound } from '../errors.ts';
import { idText, type Plugin, pagedList, pageOf, pageQuery, searchQuery, typed } from '../http/index.ts';
import { deliverySchema, deliveryStates, toDelivery } from './answer.ts';
import { discardDelivery, retryDelivery } from './decide.ts';
import type { DeliveryRow } from './row.ts';
import { loadSent } from './sent.ts';
import { findDelivery, listDeliveries } from './store.ts';

export interface ReceiptParts {
  db: Database;
  wake(workspaceId: string, channelIds: readonly string[]): void;
}

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

    async function one(workspaceId: string, id: string) {
      return db.inWorkspace(workspaceId, async (tx) => {
        const row = await findDelivery(tx, workspaceId, id);
        if (!row) throw notFound('delivery');
        return toDelivery(row, await loadSent(tx, workspaceId, [row]));
      });
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
        config: { scope: 'admin' },
        schema: {
          tags,
          summary: 'Put a failed or skipped delivery back in line',
          params,
          body: reasonBody,
          response: { 200: deliverySchema },
        },
      },
      async ({ actor: { workspaceId }, params: { id } }) => {
        const channelId = await db.inWorkspace(workspaceId, (tx) => retryDelivery(tx, workspaceId, id));
        wake(workspaceId, [channelId]);
        return one(workspaceId, id);
      },
    );

    routes.post(
      '/deliveries/:id/discard',
      {
        config: { scope: 'admin' },
        schema: {
          tags,
          summary: 'Give a delivery up, with a reason',
          params,
          body: reasonBody,
          response: { 200: deliverySchema },
        },
      },
      async ({ actor: { workspaceId, name }, params: { id }, body }) => {
        const channelId = await db.inWorkspace(workspaceId, (tx) =>
          discardDelivery(tx, workspaceId, id, { name, reason: body?.reason }),
        );
        wake(workspaceId, [channelId]);
        return one(workspaceId, id);
      },
    );
  };
}
