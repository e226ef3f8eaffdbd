/** Organizations: the customers of the MSP, their references and switches (design §9, req 10–20). */

import { z } from 'zod';
import { byOf, checkUnchanged } from '../audit/index.ts';
import type { Tx } from '../db/database.ts';
import { notFound } from '../errors.ts';
import {
  type Actor,
  flagQuery,
  idParams,
  idText,
  type Plugin,
  pagedList,
  pageOf,
  pageQuery,
  searchQuery,
  setEtag,
  typed,
} from '../http/index.ts';
import { senderReferences } from '../plan/index.ts';
import { changeSettings } from '../settings/index.ts';
import { toAnswer } from './answer.ts';
import {
  assignReference,
  type CheckRow,
  changeOrganization,
  createOrganization,
  removeOrganization,
} from './change.ts';
import { registerImport } from './importRoutes.ts';
import { registerOutlook } from './outlookRoutes.ts';
import type { OrganizationParts } from './parts.ts';
import { recordChange } from './record.ts';
import {
  assignment,
  newOrganization,
  organization,
  organizationChange,
  unassignedReference,
} from './schemas.ts';
import { findOrganization, listOrganizations, type OrganizationRow } from './store.ts';
import { listUnassigned, type UnassignedRow } from './unassigned.ts';

const tags = ['organizations'];
const read = { scope: 'read' } as const;
const admin = { scope: 'admin' } as const;
const byName = pagedList('organizations', z.tuple([z.string(), idText]), (row: OrganizationRow) => [
  row.sort_name,
  row.id,
]);
const byNewest = pagedList('unassigned', z.tuple([z.string().regex(/^\d{1,19}$/)]), (row: UnassignedRow) => [
  row.newest_id,
]);

export function organizationRoutes(parts: OrganizationParts): Plugin {
  return (app) => {
    registerReads(app, parts);
    registerUnassigned(app, parts);
    registerChanges(app, parts);
    registerImport(app, parts);
    registerOutlook(app, parts);
  };
}

function registerReads(app: Parameters<Plugin>[0], { db, settings }: OrganizationParts): void {
  const routes = typed(app);
  routes.get(
    '/organizations',
    {
      config: read,
      schema: {
        tags,
        summary: 'Organizations by name',
        querystring: z.strictObject({
          ...pageQuery,
          ...searchQuery,
          connectionId: idText.optional(),
          enabled: flagQuery.optional().meta({ description: 'Whether PSA & email is on.' }),
        }),
        response: { 200: pageOf(organization) },
      },
    },
    ({ actor: { workspaceId }, query }) => {
      const { connectionId, enabled: isEnabled } = query;
      const wanted = byName.wanted(query);
      return db.inWorkspace(workspaceId, async (tx) => {
        const snapshot = await settings.inStep(tx, workspaceId);
        const rows = await listOrganizations(tx, workspaceId, { ...wanted, connectionId, isEnabled });
        return byName.page(rows, query, (row) => toAnswer(row, snapshot));
      });
    },
  );

  routes.get(
    '/organizations/:id',
    {
      config: read,
      schema: { tags, summary: 'One organization', params: idParams, response: { 200: organization } },
    },
    ({ actor, params }, reply) => answerOne({ db, settings }, actor.workspaceId, params.id, reply),
  );
}

function registerUnassigned(app: Parameters<Plugin>[0], { db, settings }: OrganizationParts): void {
  typed(app).get(
    '/organizations/unassigned',
    {
      config: read,
      schema: {
        tags,
        summary: 'References of senders that lead to no organization yet, those seen last first',
        querystring: z.strictObject(pageQuery),
        response: { 200: pageOf(unassignedReference) },
      },
    },
    ({ actor: { workspaceId }, query }) => {
      const wanted = byNewest.wanted(query);
      return db.inWorkspace(workspaceId, async (tx) => {
        const snapshot = await settings.inStep(tx, workspaceId);
        const rows = await listUnassigned(tx, snapshot, wanted);
        return byNewest.page(rows, query, toUnassigned);
      });
    },
  );
}

function registerChanges(app: Parameters<Plugin>[0], given: OrganizationParts): void {
  const routes = typed(app);
  const { db } = given;
  const change = (
    request: Parameters<typeof byOf>[0] & { actor: Actor; params: { id: string } },
    action: Parameters<typeof recordChange>[2],
    work: (tx: Tx, check: CheckRow) => Promise<void>,
  ) => {
    const { workspaceId } = request.actor;
    const { id } = request.params;
    const by = byOf(request);
    return changeSettings(db, workspaceId, (tx) =>
      recordChange(tx, { workspaceId, id, by }, action, async () => {
        const entries = { targetKind: 'organization', targetId: id };
        await work(tx, ({ revision }) => checkUnchanged(tx, workspaceId, request, { revision, entries }));
        return id;
      }),
    );
  };

  routes.post(
    '/organizations',
    {
      config: admin,
      schema: {
        tags,
        summary: 'Make an organization',
        body: newOrganization,
        response: { 201: organization },
      },
    },
    async (request, reply) => {
      const { workspaceId } = request.actor;
      const by = byOf(request);
      const id = await changeSettings(db, workspaceId, (tx) =>
        recordChange(tx, { workspaceId, by }, 'organization.create', () =>
          createOrganization(tx, workspaceId, request.body),
        ),
      );
      reply.code(201).header('location', `/api/v1/organizations/${id}`);
      return answerOne(given, workspaceId, id, reply);
    },
  );

  routes.patch(
    '/organizations/:id',
    {
      config: admin,
      schema: {
        tags,
        summary: 'Change an organization; members left out stay as they are',
        params: idParams,
        body: organizationChange,
        response: { 200: organization },
      },
    },
    async (request, reply) => {
      const { actor, params, body } = request;
      await change(request, 'organization.change', (tx, check) =>
        changeOrganization(tx, actor.workspaceId, params.id, body, check),
      );
      return answerOne(given, actor.workspaceId, params.id, reply);
    },
  );

  routes.delete(
    '/organizations/:id',
    {
      config: admin,
      schema: {
        tags,
        summary: 'Remove an organization with its references and mappings; its alerts stay',
        params: idParams,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { actor, params } = request;
      await change(request, 'organization.remove', (tx, check) =>
        removeOrganization(tx, actor.workspaceId, params.id, check),
      );
      return reply.code(204).send(null);
    },
  );

  routes.post(
    '/organizations/:id/assign',
    {
      config: admin,
      schema: {
        tags,
        summary: 'Let a reference of unassigned alerts mean this organization from now on',
        params: idParams,
        body: assignment,
        response: { 200: organization },
      },
    },
    async (request, reply) => {
      const { actor, params, body } = request;
      await change(request, 'organization.assign', (tx, check) =>
        assignReference(tx, actor.workspaceId, params.id, body.reference, check),
      );
      return answerOne(given, actor.workspaceId, params.id, reply);
    },
  );
}

/** Read after the change has been committed: a snapshot made earlier could outlive a rollback. */
function answerOne(
  { db, settings }: OrganizationParts,
  workspaceId: string,
  id: string,
  reply: Parameters<typeof setEtag>[0],
) {
  return db.inWorkspace(workspaceId, async (tx) => {
    const snapshot = await settings.inStep(tx, workspaceId);
    const row = await findOrganization(tx, workspaceId, id);
    if (!row) throw notFound('organization');
    setEtag(reply, row.revision);
    return toAnswer(row, snapshot);
  });
}

function toUnassigned(row: UnassignedRow): z.input<typeof unassignedReference> {
  const [first] = senderReferences(row.body);
  return {
    reference: row.reference,
    kind: first?.kind ?? 'id',
    value: first?.value ?? row.reference,
    source: row.body.source,
    alerts: row.alerts,
    lastSeenAt: row.last_seen_at.toISOString(),
  };
}
