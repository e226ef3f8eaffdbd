/** Recipients of e-mail: the global list, those of organizations, and all of them (req 21–25, 109–111). */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { severities } from '../alerts/types.ts';
import { byOf, checkUnchanged } from '../audit/index.ts';
import type { Tx } from '../db/database.ts';
import {
  type Actor,
  flagQuery,
  idParams,
  idText,
  pagedList,
  pageOf,
  pageQuery,
  searchQuery,
  setEtag,
  typed,
} from '../http/index.ts';
import { changeSettings } from '../settings/index.ts';
import type { Slice } from './parts.ts';
import { type List, listRecipients, type RecipientFilter, type RecipientRow } from './recipientStore.ts';
import {
  addRecipient,
  allowRecipient,
  type CheckRow,
  changeRecipient,
  type ListOrder,
  mustFind,
  mustHaveList,
  removeRecipient,
} from './recipients.ts';
import { newRecipient, recipient, recipientChange } from './schemas.ts';

const tags = ['email'];
const byAddress = pagedList('recipients', z.tuple([z.string(), idText]), (row: RecipientRow) => [
  row.sort_address,
  row.id,
]);

export const recipientQuery = {
  ...searchQuery,
  severity: z.enum(severities).optional().meta({ description: 'Those who get alerts of it.' }),
  stopped: flagQuery.optional().meta({ description: 'Whether their address was refused too often.' }),
  reviewDue: flagQuery.optional().meta({ description: 'Whether their review date has come.' }),
};

export const everyRecipientQuery = {
  ...recipientQuery,
  list: z.enum(['global', 'organization']).optional(),
  organizationId: idText.optional(),
};

/** Which recipients a query of every list wants. */
export const filterOf = (
  query: z.output<z.ZodObject<typeof everyRecipientQuery>>,
): Omit<RecipientFilter, 'limit' | 'after' | 'pattern'> => ({
  severity: query.severity,
  isStopped: query.stopped,
  isReviewDue: query.reviewDue,
  list:
    query.organizationId !== undefined
      ? { organizationId: query.organizationId }
      : query.list && { isGlobal: query.list === 'global' },
});

/** The two kinds of list, by their paths. */
const lists = [
  {
    path: '/email/recipients',
    whose: 'global recipients',
    params: z.strictObject({}),
    oneParams: idParams,
    read: (params: { id?: string }) => ({ organizationId: null, recipientId: params.id ?? '' }),
  },
  {
    path: '/organizations/:id/recipients',
    whose: 'recipients of an organization',
    params: idParams,
    oneParams: z.strictObject({ id: idText, recipientId: idText }),
    read: (params: { id?: string; recipientId?: string }) => ({
      organizationId: params.id ?? '',
      recipientId: params.recipientId ?? '',
    }),
  },
] as const;

export function registerRecipients(app: FastifyInstance, slice: Slice): void {
  registerEvery(app, slice);
  for (const kind of lists) {
    registerList(app, slice, kind);
    registerOne(app, slice, kind);
  }
}

type Kind = (typeof lists)[number];
type Asked = Parameters<typeof byOf>[0] & { actor: Actor; params: unknown };

function registerEvery(app: FastifyInstance, { db }: Slice): void {
  typed(app).get(
    '/recipients',
    {
      config: { scope: 'read' },
      schema: {
        tags,
        summary: 'All recipients, global and of organizations, by address',
        querystring: z.strictObject({ ...pageQuery, ...everyRecipientQuery }),
        response: { 200: pageOf(recipient) },
      },
    },
    ({ actor: { workspaceId }, query }) =>
      db.inWorkspace(workspaceId, async (tx) => {
        const rows = await listRecipients(tx, workspaceId, {
          ...byAddress.wanted(query),
          ...filterOf(query),
        });
        return byAddress.page(rows, query, toRecipient);
      }),
  );
}

function registerList(app: FastifyInstance, slice: Slice, { path, whose, params, read }: Kind): void {
  const routes = typed(app);
  const { db } = slice;
  routes.get(
    path,
    {
      config: { scope: 'read' },
      schema: {
        tags,
        summary: `The ${whose} by address`,
        params,
        querystring: z.strictObject({ ...pageQuery, ...recipientQuery }),
        response: { 200: pageOf(recipient) },
      },
    },
    ({ actor: { workspaceId }, params, query }) =>
      db.inWorkspace(workspaceId, async (tx) => {
        const list = listOf(read(params));
        await mustHaveList(tx, { workspaceId, ...list });
        const filter = { ...filterOf(query), list };
        const rows = await listRecipients(tx, workspaceId, { ...byAddress.wanted(query), ...filter });
        return byAddress.page(rows, query, toRecipient);
      }),
  );

  routes.post(
    path,
    {
      config: { scope: 'admin' },
      schema: {
        tags,
        summary: `Add one of the ${whose}`,
        description:
          'The answer says that it was saved: neither that the address can be reached, nor that mail was sent.',
        params,
        body: newRecipient,
        response: { 201: recipient },
      },
    },
    async (request, reply) => {
      const order = orderOf(request, read(request.params));
      const id = await changeSettings(db, order.workspaceId, (tx) => addRecipient(tx, order, request.body));
      slice.changed(order.workspaceId);
      reply.code(201);
      return answerOne(slice, order, id, reply);
    },
  );
}

function registerOne(app: FastifyInstance, slice: Slice, { path, whose, oneParams, read }: Kind): void {
  const routes = typed(app);
  const { db } = slice;
  const one = `${path}/:${'recipientId' in oneParams.shape ? 'recipientId' : 'id'}`;
  const params = oneParams;

  async function change(
    request: Asked,
    work: (tx: Tx, order: ListOrder, id: string, check: CheckRow) => Promise<void>,
  ) {
    const where = read(request.params as never);
    const order = orderOf(request, where);
    const { workspaceId } = order;
    const check: CheckRow = (tx, { revision, id }) =>
      checkUnchanged(tx, workspaceId, request, {
        revision,
        entries: { targetKind: 'recipient', targetId: id },
      });
    await changeSettings(db, workspaceId, (tx) => work(tx, order, where.recipientId, check));
    slice.changed(workspaceId);
    return { order, id: where.recipientId };
  }

  routes.patch(
    one,
    {
      config: { scope: 'admin' },
      schema: {
        tags,
        summary: `Change one of the ${whose}; members left out stay as they are`,
        params,
        body: recipientChange,
        response: { 200: recipient },
      },
    },
    async (request, reply) => {
      const { order, id } = await change(request, (tx, order, id, check) =>
        changeRecipient(tx, order, id, request.body, check),
      );
      return answerOne(slice, order, id, reply);
    },
  );

  routes.delete(
    one,
    {
      config: { scope: 'admin' },
      schema: {
        tags,
        summary: `Remove one of the ${whose}; what waits for it is not sent`,
        params,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await change(request, removeRecipient);
      return reply.code(204).send(null);
    },
  );

  routes.post(
    `${one}/allow`,
    {
      config: { scope: 'operate' },
      schema: {
        tags,
        summary: 'Send mail to this address again, although it was refused again and again',
        params,
        body: z.strictObject({}).optional(),
        response: { 200: recipient },
      },
    },
    async (request, reply) => {
      const { order, id } = await change(request, allowRecipient);
      return answerOne(slice, order, id, reply);
    },
  );
}

const listOf = ({ organizationId }: { organizationId: string | null }): List => ({ organizationId });

const orderOf = (request: Asked, where: List): ListOrder => ({
  workspaceId: request.actor.workspaceId,
  organizationId: where.organizationId,
  by: byOf(request),
});

function answerOne({ db }: Slice, order: ListOrder, id: string, reply: Parameters<typeof setEtag>[0]) {
  return db.inWorkspace(order.workspaceId, async (tx) => {
    const row = await mustFind(tx, order, id);
    setEtag(reply, row.revision);
    return toRecipient(row);
  });
}

function toRecipient(row: RecipientRow): z.input<typeof recipient> {
  return {
    id: row.id,
    organizationId: row.organization_id,
    organizationName: row.organization_name,
    address: row.address,
    severities: row.severities,
    note: row.note,
    owner: row.owner,
    reviewOn: row.review_on,
    isReviewDue: row.is_review_due,
    state: row.stopped_at === null ? 'ok' : 'stopped',
    stopped: row.stopped_at && {
      since: row.stopped_at.toISOString(),
      refusal: row.refusal ?? '',
      refusals: row.refusals,
    },
    waiting: row.waiting,
    failed: row.failed,
    revision: row.revision,
    createdAt: row.created_at.toISOString(),
  };
}
