import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { byOf } from '../audit/index.ts';
import { typed } from '../http/index.ts';
import { importAnswer, importBody, sumUp } from '../tables/index.ts';
import { importOrganizations } from './import.ts';
import type { OrganizationParts } from './parts.ts';

const answer = importAnswer({ name: z.string() });

export function registerImport(app: FastifyInstance, { db }: OrganizationParts): void {
  typed(app).post(
    '/organizations/import',
    {
      config: { scope: 'admin' },
      schema: {
        tags: ['organizations'],
        summary: 'Make the organizations of a table, and change those that are there by name',
        description:
          'Columns: name, refs (separated by |), enabled, tickets, email (on or off), connection. Empty cells change nothing. Without `apply` it only says what would happen; rows that are refused keep no other from being applied.',
        body: importBody,
        response: { 200: answer },
      },
    },
    async (request) => {
      const { workspaceId } = request.actor;
      const { csv, apply } = request.body;
      const order = { workspaceId, by: byOf(request) };
      return sumUp(apply, await importOrganizations(db, order, { csv, isApplied: apply }));
    },
  );
}
