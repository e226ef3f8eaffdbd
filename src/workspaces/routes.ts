/** The workspace of the caller: its name, time zone, and what new organizations start with (decision 1). */

import { z } from 'zod';
import { byOf, checkUnchanged, record } from '../audit/index.ts';
import type { Database } from '../db/database.ts';
import { notFound } from '../errors.ts';
import { type Plugin, pageOf, pageQuery, recentSignInNeeded, setEtag, typed } from '../http/index.ts';
import { changeSettings } from '../settings/index.ts';
import { workspace } from './schemas.ts';
import { findWorkspace, updateWorkspace, type WorkspaceRow } from './store.ts';
import { isTimeZone } from './timeZone.ts';

const workspaceChange = z.strictObject({
  name: z.string().trim().min(1).max(200).optional(),
  timeZone: z
    .string()
    .max(100)
    .refine(isTimeZone, { error: 'must be a time zone such as Europe/Lisbon.' })
    .optional(),
  newOrganizations: z
    .strictObject({
      enabled: z.boolean().optional(),
      tickets: z.boolean().optional(),
      email: z.boolean().optional(),
    })
    .optional()
    .meta({ description: 'What the delivery switches of a new organization are set to.' }),
  wayOutMinutes: z.int().min(1).max(1_440).optional().meta({
    description:
      'A critical alert that its PSA has not taken for so many minutes is mailed to the global recipients (docs/email.md).',
  }),
  retentionDays: z.int().min(1).max(3_650).optional().meta({
    description:
      'How many days alerts are kept after they were last changed or settled. What still waits, is held or looked up stays. An alert that is sent again after it was removed is a new alert.',
  }),
  secondFactorDemanded: z.boolean().optional().meta({
    description: 'Whether people must show a second factor: a code of an authenticator, or a passkey.',
  }),
});

const tags = ['workspaces'];

export function workspaceRoutes({ db }: { db: Database }): Plugin {
  return (app) => {
    const routes = typed(app);
    const read = (id: string) => db.inWorkspace(id, (tx) => findWorkspace(tx, id)).then(orNotFound);

    routes.get(
      '/workspaces',
      {
        config: { scope: 'read' },
        schema: {
          tags,
          summary: 'The workspaces that the key may see',
          querystring: z.strictObject(pageQuery),
          response: { 200: pageOf(workspace) },
        },
      },
      async ({ actor }) => ({ items: [toWorkspace(await read(actor.workspaceId))], nextCursor: null }),
    );

    routes.get(
      '/workspaces/current',
      {
        config: { scope: 'read' },
        schema: { tags, summary: 'The workspace of the key', response: { 200: workspace } },
      },
      async ({ actor }, reply) => {
        const row = await read(actor.workspaceId);
        setEtag(reply, Number(row.settings_version));
        return toWorkspace(row);
      },
    );

    routes.route({
      method: ['PATCH', 'PUT'],
      url: '/workspaces/current',
      config: { scope: 'admin' },
      schema: {
        tags,
        summary: 'Change the workspace; members left out stay as they are',
        body: workspaceChange,
        response: { 200: workspace },
      },
      handler: async (request, reply) => {
        const {
          actor: { workspaceId },
          body,
        } = request;
        // It opens the door for all others: not on a proof that is hours old (ASVS 7.5.1).
        if (body.secondFactorDemanded !== undefined && request.actor.proof?.isOld) throw recentSignInNeeded;
        const by = byOf(request);
        const row = await changeSettings(db, workspaceId, async (tx) => {
          const now = orNotFound(await findWorkspace(tx, workspaceId));
          // The version was raised by this very change.
          await checkUnchanged(tx, workspaceId, request, {
            revision: Number(now.settings_version) - 1,
            entries: { targetKind: 'workspace', targetId: workspaceId },
          });
          const changed = await updateWorkspace(tx, workspaceId, body);
          await record(tx, workspaceId, by, {
            action: 'workspace.change',
            target: { kind: 'workspace', id: workspaceId, name: changed.name },
            before: toWorkspace(now),
            after: toWorkspace(changed),
          });
          return changed;
        });
        setEtag(reply, Number(row.settings_version));
        return toWorkspace(row);
      },
    });
  };
}

function orNotFound(row: WorkspaceRow | undefined): WorkspaceRow {
  if (!row) throw notFound('workspace');
  return row;
}

function toWorkspace(row: WorkspaceRow): z.input<typeof workspace> {
  return {
    id: row.id,
    name: row.name,
    timeZone: row.time_zone,
    newOrganizations: { enabled: row.new_enabled, tickets: row.new_tickets, email: row.new_email },
    wayOutMinutes: row.way_out_minutes,
    retentionDays: row.retention_days,
    secondFactorDemanded: row.second_factor,
    createdAt: row.created_at.toISOString(),
  };
}
