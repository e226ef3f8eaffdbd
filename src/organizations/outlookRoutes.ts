import type { FastifyInstance } from 'fastify';
import { notFound } from '../errors.ts';
import { idParams, typed } from '../http/index.ts';
import { addressesOf, outlookOf } from '../plan/index.ts';
import { stoppedAmong } from '../settings/index.ts';
import type { OrganizationParts } from './parts.ts';
import { outlook } from './schemas.ts';

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
      const severities = await db.inWorkspace(workspaceId, async (tx) => {
        const snapshot = await settings.inStep(tx, workspaceId);
        const organization = snapshot.organizations.get(params.id);
        if (!organization) throw notFound('organization');
        const stopped = await stoppedAmong(tx, workspaceId, addressesOf(organization, snapshot));
        return outlookOf(organization, snapshot, stopped);
      });
      return { severities };
    },
  );
}
