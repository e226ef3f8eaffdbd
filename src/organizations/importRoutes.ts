import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { byOf } from '../audit/index.ts';
import { typed } from '../http/index.ts';
import { type ImportLine, importOrganizations } from './import.ts';
import type { OrganizationParts } from './parts.ts';

const mostCharacters = 2_000_000;

const answer = z.object({
  applied: z.boolean(),
  counts: z.object({ make: z.int(), change: z.int(), refuse: z.int() }),
  lines: z.array(
    z.object({
      row: z
        .int()
        .meta({ description: 'As a spreadsheet counts, empty rows left out; the heading is row 1.' }),
      name: z.string(),
      outcome: z.enum(['make', 'change', 'refuse']),
      message: z.string().nullable().meta({ description: 'Why it is refused.' }),
    }),
  ),
});

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
        body: z.strictObject({
          csv: z.string().min(1).max(mostCharacters),
          apply: z.boolean().default(false),
        }),
        response: { 200: answer },
      },
    },
    async (request) => {
      const { workspaceId } = request.actor;
      const { csv, apply } = request.body;
      const order = { workspaceId, by: byOf(request) };
      const lines = await importOrganizations(db, order, { csv, isApplied: apply });
      const count = (wanted: ImportLine['outcome']) =>
        lines.filter(({ outcome }) => outcome === wanted).length;
      const counts = { make: count('make'), change: count('change'), refuse: count('refuse') };
      return { applied: apply, counts, lines };
    },
  );
}
