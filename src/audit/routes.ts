/** The audit: who changed what, from where, and why; with proof that nothing of it was touched since. */
import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Database } from '../db/database.ts';
import { notFound } from '../errors.ts';
import { likePattern, type Plugin, pagedList, pageOf, pageQuery, searchQuery, typed } from '../http/index.ts';
import type { SecretBox } from '../secrets/index.ts';
import { exportEntries } from './export.ts';
import { auditEntry, signedHead, toAnswer, verdict } from './schemas.ts';
import { type ChainedEntry, type EntryFilter, findEntry, listEntries } from './store.ts';
import { createVerifier } from './verifier.ts';
import { exportHead } from './verify.ts';

export interface AuditParts {
  db: Database;
  secretBox: SecretBox;
  now(): Date;
}

const tags = ['audit'];
const read = { scope: 'read' } as const;
const admin = { scope: 'admin' } as const;
const name = z.string().min(1).max(200);
const filters = {
  ...searchQuery,
  actorId: name.optional(),
  action: name.optional(),
  targetKind: name.optional(),
  targetId: name.optional(),
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional().meta({ description: 'This time is not part of it.' }),
};
const byNewest = pagedList('audit', z.tuple([z.int().min(1)]), (entry: ChainedEntry) => [entry.n]);

export function auditRoutes(parts: AuditParts): Plugin {
  return (app) => {
    registerList(app, parts);
    registerProof(app, parts);
    registerExport(app, parts);
  };
}

function registerList(app: FastifyInstance, { db }: AuditParts): void {
  typed(app).get(
    '/audit',
    {
      config: read,
      schema: {
        tags,
        summary: 'Changes of settings and what people did, newest first',
        description:
          'Every change is recorded in its own transaction. A change may carry its reason: in its body where that has a place for it, else URI-encoded in the header Herald-Reason, at most 500 characters.',
        querystring: z.strictObject({ ...pageQuery, ...filters }),
        response: { 200: pageOf(auditEntry) },
      },
    },
    async ({ actor: { workspaceId }, query }) => {
      const { after, pattern, limit } = byNewest.wanted(query);
      const rows = await db.inWorkspace(workspaceId, (tx) =>
        listEntries(tx, workspaceId, { ...query, pattern, limit, beforeN: after?.[0] }),
      );
      return byNewest.page(rows, query, toAnswer);
    },
  );

  typed(app).get(
    '/audit/:n',
    {
      config: read,
      schema: {
        tags,
        summary: 'One entry by its number',
        params: z.strictObject({ n: z.string().regex(/^[1-9]\d{0,14}$/) }),
        response: { 200: auditEntry },
      },
    },
    async ({ actor: { workspaceId }, params: { n } }) => {
      const entry = await db.inWorkspace(workspaceId, (tx) => findEntry(tx, workspaceId, Number(n)));
      if (!entry) throw notFound('entry');
      return toAnswer(entry);
    },
  );
}

function registerProof(app: FastifyInstance, parts: AuditParts): void {
  const routes = typed(app);
  const verify = createVerifier(parts);
  routes.get(
    '/audit/verify',
    {
      config: read,
      schema: {
        tags,
        summary: 'Go through the whole chain: is every entry as it was written?',
        response: { 200: verdict },
      },
    },
    ({ actor }) => verify(actor.workspaceId),
  );

  routes.post(
    '/audit/verify',
    {
      config: read,
      schema: {
        tags,
        summary: 'The same with an end that was exported earlier: is all up to it still there?',
        body: z.strictObject({ head: signedHead }),
        response: { 200: verdict },
      },
    },
    ({ actor, body }) => verify(actor.workspaceId, body.head),
  );

  routes.get(
    '/audit/head',
    {
      config: admin,
      schema: {
        tags,
        summary:
          'The end of the chain, signed: keep it elsewhere, and prove with it later that nothing is gone',
        response: { 200: signedHead },
      },
    },
    ({ actor }) => exportHead(parts, actor.workspaceId, parts.now()),
  );
}

function registerExport(app: FastifyInstance, { db, now }: AuditParts): void {
  typed(app).get(
    '/audit/export',
    {
      config: admin,
      schema: {
        tags,
        summary: 'All entries that the filters leave, oldest first, as a file',
        querystring: z.strictObject({ ...filters, format: z.enum(['csv', 'ndjson']).default('csv') }),
        response: { 200: z.string().meta({ description: 'CSV, or one JSON object per line.' }) },
      },
    },
    async ({ actor: { workspaceId }, query: { format, q, ...query } }, reply) => {
      const filter: EntryFilter = { ...query, pattern: q === undefined ? undefined : likePattern(q) };
      const pieces = await exportEntries(db, workspaceId, filter, format);
      const day = now().toISOString().slice(0, 10);
      return reply
        .type(format === 'csv' ? 'text/csv; charset=utf-8; header=present' : 'application/x-ndjson')
        .header('content-disposition', `attachment; filename="herald-audit-${day}.${format}"`)
        .send(Readable.from(pieces) as never);
    },
  );
}
