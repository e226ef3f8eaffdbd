/** Recipients as a table: in and out. */
import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { byOf } from '../audit/index.ts';
import { likePattern, typed } from '../http/index.ts';
import { importAnswer, importBody, sumUp } from '../tables/index.ts';
import type { Slice } from './parts.ts';
import { importRecipients } from './recipientImport.ts';
import { everyRecipientQuery, filterOf } from './recipientRoutes.ts';
import { listRecipients, type RecipientFilter } from './recipientStore.ts';
import { tableHead, toTableRow } from './recipientTable.ts';

const tags = ['email'];
const batch = 500;

const answer = importAnswer({
  address: z.string(),
  organization: z.string().nullable().meta({ description: 'Its name; null: global.' }),
});

export function registerTable(app: FastifyInstance, slice: Slice): void {
  typed(app).post(
    '/recipients/import',
    {
      config: { scope: 'admin' },
      schema: {
        tags,
        summary: 'Add the recipients of a table, and change those that are in their list already',
        description:
          'Columns: address, organization (its name; empty = global), severities (separated by |, or all), note, owner, review on (a day, or never). Empty cells change nothing. Without `apply` it only says what would happen; rows that are refused keep no other from being applied.',
        body: importBody,
        response: { 200: answer },
      },
    },
    async (request) => {
      const { workspaceId } = request.actor;
      const { csv, apply } = request.body;
      const order = { workspaceId, by: byOf(request) };
      const lines = await importRecipients(slice.db, order, { csv, isApplied: apply });
      if (apply) slice.changed(workspaceId);
      return sumUp(apply, lines);
    },
  );

  typed(app).get(
    '/recipients/export',
    {
      config: { scope: 'read' },
      schema: {
        tags,
        summary: 'All recipients that the filters leave, as a table that can be imported',
        querystring: z.strictObject(everyRecipientQuery),
        response: { 200: z.string().meta({ description: 'CSV.' }) },
      },
    },
    async ({ actor: { workspaceId }, query }, reply) => {
      const filter = {
        ...filterOf(query),
        pattern: query.q === undefined ? undefined : likePattern(query.q),
      };
      return reply
        .type('text/csv; charset=utf-8; header=present')
        .header('content-disposition', 'attachment; filename="herald-recipients.csv"')
        .send(Readable.from(lines(slice, workspaceId, filter)) as never);
    },
  );
}

async function* lines(
  { db }: Slice,
  workspaceId: string,
  filter: Omit<RecipientFilter, 'limit' | 'after'>,
): AsyncGenerator<string> {
  yield tableHead();
  for (let after: [string, string] | undefined; ; ) {
    const rows = await db.inWorkspace(workspaceId, (tx) =>
      listRecipients(tx, workspaceId, { ...filter, after, limit: batch }),
    );
    yield rows.map(toTableRow).join('');
    const last = rows.at(-1);
    if (!last || rows.length < batch) return;
    after = [last.sort_address, last.id];
  }
}
