/** The mail settings of the workspace: how mail leaves, and what it looks like (req 112–117). */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { byOf, checkUnchanged } from '../audit/index.ts';
import { recentSignInNeeded, setEtag, typed } from '../http/index.ts';
import type { Slice } from './parts.ts';
import { previewMail } from './preview.ts';
import {
  mailSettings,
  mailSettingsChange,
  previewAnswer,
  previewOrder,
  testAnswer,
  testOrder,
  verifyAnswer,
} from './schemas.ts';
import { changeMailSettings } from './settings.ts';
import { findMailSettings, type MailSettingsRow, serverKey } from './settingsStore.ts';
import { sendTestMail } from './testMail.ts';
import { verifyServers } from './verify.ts';

const tags = ['email'];

export function registerSettings(app: FastifyInstance, slice: Slice): void {
  registerStored(app, slice);
  registerTrials(app, slice);
}

function registerStored(app: FastifyInstance, slice: Slice): void {
  const routes = typed(app);
  const answer = async (workspaceId: string, reply: Parameters<typeof setEtag>[0]) => {
    const row = await slice.db.inWorkspace(workspaceId, (tx) => findMailSettings(tx, workspaceId));
    setEtag(reply, row.revision);
    return toAnswer(row, slice, workspaceId);
  };

  routes.get(
    '/email/settings',
    {
      config: { scope: 'read' },
      schema: { tags, summary: 'How e-mail leaves and what it looks like', response: { 200: mailSettings } },
    },
    ({ actor }, reply) => answer(actor.workspaceId, reply),
  );

  routes.put(
    '/email/settings',
    {
      config: { scope: 'admin' },
      schema: {
        tags,
        summary: 'Change the mail settings; members left out stay as they are',
        body: mailSettingsChange,
        response: { 200: mailSettings },
      },
    },
    async (request, reply) => {
      const { workspaceId, proof } = request.actor;
      // Whoever chooses the servers reads every alert: not on a proof that is hours old (ASVS 7.5.1).
      if (request.body.servers && proof?.isOld) throw recentSignInNeeded;
      const order = { workspaceId, by: byOf(request) };
      await changeMailSettings(slice, order, request.body, (tx, { revision }) =>
        checkUnchanged(tx, workspaceId, request, {
          revision,
          entries: { action: 'email.settings', targetKind: 'email', targetId: workspaceId },
        }),
      );
      slice.checks.delete(workspaceId);
      slice.changed(workspaceId);
      return answer(workspaceId, reply);
    },
  );
}

function registerTrials(app: FastifyInstance, slice: Slice): void {
  const routes = typed(app);
  routes.post(
    '/email/verify',
    {
      config: { scope: 'operate' },
      schema: {
        tags,
        summary: 'Connect and sign in to each mail server in use; sends nothing',
        body: z.strictObject({}).optional(),
        response: { 200: verifyAnswer },
      },
    },
    (request) => verifyServers(slice, { workspaceId: request.actor.workspaceId, by: byOf(request) }),
  );

  routes.post(
    '/email/test',
    {
      config: { scope: 'operate' },
      schema: {
        tags,
        summary: 'Send a marked test alert to an address through the whole path',
        body: testOrder,
        response: { 200: testAnswer },
      },
    },
    (request) => sendTestMail(slice, { ...request.body, actor: request.actor, by: byOf(request) }),
  );

  routes.post(
    '/email/preview',
    {
      config: { scope: 'read' },
      schema: {
        tags,
        summary: 'What a mail would look like, also with settings that are not saved; sends nothing',
        body: previewOrder,
        response: { 200: previewAnswer },
      },
    },
    ({ actor, body }) => previewMail(slice, actor.workspaceId, body),
  );
}

function toAnswer(
  row: MailSettingsRow,
  { config, checks }: Slice,
  workspaceId: string,
): z.input<typeof mailSettings> {
  const { smtp } = config;
  const ownServers = row.servers.length > 0;
  const sender = row.from_address ?? smtp.from ?? null;
  const isSetUp = sender !== null && (ownServers || smtp.servers.length > 0);
  const found = checks.get(workspaceId);
  return {
    globalSubject: row.global_subject,
    organizationSubject: row.organization_subject,
    respondEventDetail: row.respond_event_detail,
    iocEventDetail: row.ioc_event_detail,
    servers: row.servers.map(({ host, port, security, user }) => ({
      host,
      port,
      security,
      user: user ?? null,
      hasPassword: serverKey({ host, port }) in row.sealed,
      problem: found?.get(serverKey({ host, port })) ?? null,
    })),
    fromAddress: row.from_address,
    replyTo: row.reply_to,
    ratePerMinute: row.rate_per_minute,
    isSetUp,
    fromInstallation: isSetUp && (!ownServers || row.from_address === null),
    sender,
    attention: row.attention,
    attentionSince: row.attention_since?.toISOString() ?? null,
  };
}
