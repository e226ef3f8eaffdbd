import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { severities } from '../alerts/types.ts';
import { notFound } from '../errors.ts';
import { idParams, typed } from '../http/index.ts';
import { outlookOf } from '../plan/index.ts';
import type { OrganizationParts } from './parts.ts';

const kind = z.enum(['goes', 'held', 'none']);

const outlook = z.object({
  severities: z.array(
    z.object({
      severity: z.enum(severities),
      ticket: z.object({
        kind,
        words: z.string(),
        connectionId: z.string().optional(),
        accountId: z.string().optional(),
      }),
      mail: z.object({
        kind,
        words: z.string(),
        recipients: z.array(
          z.object({
            address: z.string(),
            scope: z.enum(['organization', 'global']).meta({ description: 'In whose subject format.' }),
          }),
        ),
      }),
    }),
  ),
});

export function registerOutlook(app: FastifyInstance, { db, settings }: OrganizationParts): void {
  typed(app).get(
    '/organizations/:id/outlook',
    {
      config: { scope: 'read' },
      schema: {
        tags: ['organizations'],
        summary: 'What would happen to an alert of it right now, for each severity',
        params: idParams,
        response: { 200: outlook },
      },
    },
    async ({ actor: { workspaceId }, params }) => {
      const snapshot = await db.inWorkspace(workspaceId, (tx) => settings.inStep(tx, workspaceId));
      const organization = snapshot.organizations.get(params.id);
      if (!organization) throw notFound('organization');
      return { severities: outlookOf(organization, snapshot) };
    },
  );
}
