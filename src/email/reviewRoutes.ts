/** What is to be looked at again: recipients and mappings whose review date has come or is near (req 120). */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { flagQuery, pagedList, pageQuery, typed } from '../http/index.ts';
import type { Slice } from './parts.ts';
import {
  countReviews,
  listLastReviewMails,
  listReviews,
  type ReviewMailRow,
  type ReviewRow,
} from './reviewStore.ts';
import { day, type lastMail, type review, reviewsPage } from './schemas.ts';

const byDay = pagedList('reviews', z.tuple([day, z.string().max(100)]), (row: ReviewRow) => [
  row.review_on,
  row.sort_key,
]);

export function registerReviews(app: FastifyInstance, { db }: Slice): void {
  typed(app).get(
    '/reviews',
    {
      config: { scope: 'read' },
      schema: {
        tags: ['email'],
        summary: 'Recipients and mappings whose review is due, or will be within 30 days; oldest first',
        querystring: z.strictObject({ ...pageQuery, due: flagQuery.optional() }),
        response: {
          200: reviewsPage,
        },
      },
    },
    ({ actor: { workspaceId }, query }) =>
      db.inWorkspace(workspaceId, async (tx) => {
        const { limit, after } = byDay.wanted(query);
        const rows = await listReviews(tx, workspaceId, { limit, after, isDue: query.due });
        return {
          ...byDay.page(rows, query, toReview),
          counts: await countReviews(tx, workspaceId),
          lastMail: toLastMail(await listLastReviewMails(tx, workspaceId)),
        };
      }),
  );
}

function toReview(row: ReviewRow): z.input<typeof review> {
  return {
    kind: row.kind,
    recipientId: row.kind === 'recipient' ? row.id : null,
    address: row.address,
    organizationId: row.organization_id,
    organizationName: row.organization_name,
    connectionId: row.connection_id,
    connectionName: row.connection_name,
    accountId: row.account_id,
    accountName: row.account_name,
    note: row.note,
    owner: row.owner,
    reviewOn: row.review_on,
    isDue: row.is_due,
  };
}

function toLastMail(rows: readonly ReviewMailRow[]): z.input<typeof lastMail> {
  const [first] = rows;
  if (!first) return null;
  return {
    month: first.month.slice(0, 7),
    mails: rows.map((row) => ({
      address: row.address,
      state: row.mail_state,
      words: row.outcome,
      triedAt: row.tried_at?.toISOString() ?? null,
    })),
  };
}
