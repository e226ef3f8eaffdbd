/** What one does with a connection: check, load, finish, pause, resume, try out. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Tx } from '../db/database.ts';
import { Problem } from '../errors.ts';
import { idParams, typed } from '../http/index.ts';
import { checkAccounts, checkContacts } from './accountRules.ts';
import { beginAsking, type Where } from './ask.ts';
import { verify } from './credentials.ts';
import { finish, pause, refuseDraft, refuseIncomplete, resume } from './lifecycle.ts';
import type { ConnectionParts, TestTicketResult } from './parts.ts';
import { previewAlert } from './previewAlert.ts';
import { type ConnectionDeed, type Order, recordConnection } from './record.ts';
import { answerOne, checkOf, orderOf, whereOf } from './routeParts.ts';
import {
  connection,
  previewAnswer,
  previewOrder,
  testTicketAnswer,
  testTicketOrder,
  verifyAnswer,
} from './schemas.ts';
import { mustFind } from './steps.ts';
import type { ConnectionRow } from './store.ts';

const tags = ['connections'];
const config = { scope: 'operate' } as const;
const params = idParams;
const reason = z.string().trim().max(500).optional();

export function registerActions(app: FastifyInstance, parts: ConnectionParts): void {
  registerChecks(app, parts);
  registerLifecycle(app, parts);
  registerTrials(app, parts);
}

function registerChecks(app: FastifyInstance, parts: ConnectionParts): void {
  const routes = typed(app);
  const nothing = z.strictObject({}).optional();
  routes.post(
    '/psa/connections/:id/verify',
    {
      config,
      schema: {
        tags,
        summary: 'Check the stored credentials right by right; stops at the first refused login',
        params,
        body: nothing,
        response: { 200: verifyAnswer },
      },
    },
    async (request) => {
      const checks = await verify(parts, orderOf(request));
      return { ok: checks.every(({ ok }) => ok), checks };
    },
  );

  routes.post(
    '/psa/connections/:id/refresh',
    {
      config,
      schema: {
        tags,
        summary:
          'Load the accounts of the PSA in the background; `directory` of the connection shows how far it is',
        params,
        body: nothing,
        response: { 202: connection },
      },
    },
    async (request, reply) => {
      const order = orderOf(request);
      // Says at once what stands in the way.
      await beginAsking(parts, order);
      await parts.directory.refresh(order.workspaceId, order.connectionId, (tx) =>
        recordDeed(tx, parts, order, { action: 'connection.refresh' }),
      );
      reply.code(202);
      return answerOne(parts, order, reply);
    },
  );
}

/** Something that is done with a connection and leaves it as it is. */
async function recordDeed(
  tx: Tx,
  parts: ConnectionParts,
  order: Order,
  deed: Pick<ConnectionDeed, 'action' | 'more'>,
): Promise<void> {
  await recordConnection(tx, parts, order, { ...deed, before: await mustFind(tx, order) });
}

function registerLifecycle(app: FastifyInstance, parts: ConnectionParts): void {
  const routes = typed(app);
  const respond = async (
    request: Parameters<typeof whereOf>[0],
    reply: Parameters<typeof answerOne>[2],
    work: Promise<void>,
  ) => {
    await work;
    return answerOne(parts, whereOf(request), reply);
  };

  routes.post(
    '/psa/connections/:id/finish',
    {
      config: { scope: 'admin' },
      schema: {
        tags,
        summary: 'Activate a complete connection',
        description: 'While organizations are unmapped, their number has to be confirmed: send it, or true.',
        params,
        body: z
          .strictObject({ confirmUnmapped: z.union([z.boolean(), z.int().min(0)]).optional() })
          .optional(),
        response: { 200: connection },
      },
    },
    (request, reply) => {
      const { body } = request;
      const work = finish(parts, orderOf(request), body?.confirmUnmapped, checkOf(request));
      return respond(request, reply, work);
    },
  );

  routes.post(
    '/psa/connections/:id/pause',
    {
      config,
      schema: {
        tags,
        summary: 'Send nothing to the PSA until it is resumed; alerts are held meanwhile',
        params,
        body: z.strictObject({ reason }).optional(),
        response: { 200: connection },
      },
    },
    (request, reply) => {
      const order = orderOf(request, request.body?.reason);
      const work = pause(parts, order, order.by.reason ?? undefined, checkOf(request));
      return respond(request, reply, work);
    },
  );

  routes.post(
    '/psa/connections/:id/resume',
    {
      config,
      schema: {
        tags,
        summary: 'Send again; says what becomes of what was held',
        params,
        body: z.strictObject({ held: z.enum(['leave', 'deliver']).optional() }).optional(),
        response: { 200: connection },
      },
    },
    (request, reply) => {
      const work = resume(parts, orderOf(request), request.body?.held, checkOf(request));
      return respond(request, reply, work);
    },
  );
}

function registerTrials(app: FastifyInstance, parts: ConnectionParts): void {
  const routes = typed(app);
  routes.post(
    '/psa/connections/:id/preview',
    {
      config: { scope: 'read' },
      schema: {
        tags,
        summary: 'What would happen to an alert now, in words, and how its ticket would look; writes nothing',
        params,
        body: previewOrder,
        response: { 200: previewAnswer },
      },
    },
    (request) => previewAlert(parts, whereOf(request), request.body),
  );

  routes.post(
    '/psa/connections/:id/test-ticket',
    {
      config,
      schema: {
        tags,
        summary: 'Create a marked test ticket in the PSA, the whole real way',
        params,
        body: testTicketOrder,
        response: { 200: testTicketAnswer },
      },
    },
    async (request) => {
      const { actor, body } = request;
      const order = orderOf(request);
      const { workspaceId, connectionId } = order;
      refuseTest(parts, await parts.db.inWorkspace(workspaceId, (tx) => mustFind(tx, order)));
      await checkTestTarget(parts, order, body);
      // Before the alert, which is stored together with those of others: what is not recorded is not sent.
      await parts.db.inWorkspace(workspaceId, (tx) =>
        recordDeed(tx, parts, order, {
          action: 'connection.testTicket',
          more: { after: { account: body.accountId, contact: body.contactId } },
        }),
      );
      return toAnswer(await parts.sendTestTicket({ workspaceId, connectionId, ...body, actor }));
    },
  );
}

/** The whole real way exists only for a connection that is set up and may write (decision 6). */
function refuseTest(parts: ConnectionParts, row: ConnectionRow): void {
  refuseIncomplete(parts, row);
  refuseDraft(row);
  if (row.connection_state === 'paused') {
    throw new Problem(409, 'paused', 'The connection is paused: nothing is written to the PSA.');
  }
}

async function checkTestTarget(
  parts: ConnectionParts,
  where: Where,
  { accountId, contactId }: z.output<typeof testTicketOrder>,
): Promise<void> {
  const asking = await beginAsking(parts, where);
  const uses = [{ accountId, place: 'accountId', contactId, contactPlace: 'contactId' }];
  const accounts = await checkAccounts(asking, uses);
  await checkContacts(asking, uses, { attach: false, accounts });
}

function toAnswer(result: TestTicketResult): z.input<typeof testTicketAnswer> {
  const { alertId } = result;
  if (result.kind === 'done') return { outcome: 'done', alertId, ticket: result.receipt };
  return { outcome: result.kind, alertId, text: result.text };
}
