/** What organizations look like in the API (design §9). */

import { z } from 'zod';
import { severities } from '../alerts/types.ts';
import { idText } from '../http/index.ts';
import type { OrganizationReferenceEntry } from '../plan/types.ts';

const value = z.string().trim().min(1).max(500);

/** A plain text is an id. With a source it counts for alerts of that source only. */
const reference = z.union([
  value,
  z.strictObject({
    kind: z.enum(['id', 'domain', 'tenantId', 'name']),
    value,
    source: z.string().trim().min(1).max(200).optional(),
  }),
]);

const mostReferences = 200;

const switches = z.strictObject({
  enabled: z.boolean().optional(),
  tickets: z.boolean().optional(),
  email: z.boolean().optional(),
});

const name = z.string().trim().min(1).max(200);
const externalRefs = z.array(reference).max(mostReferences);

const connectionId = idText.nullable().meta({
  description: 'The PSA connection that gets its tickets; null = the default one.',
});

export const newOrganization = z.strictObject({
  name,
  externalRefs: externalRefs.default([]),
  delivery: switches
    .optional()
    .meta({ description: "What is left out is as the workspace's newOrganizations." }),
  connectionId: connectionId.optional(),
});

export const organizationChange = z.strictObject({
  name: name.optional(),
  externalRefs: externalRefs.optional().meta({ description: 'Replaces the whole list.' }),
  delivery: switches.optional(),
  connectionId: connectionId.optional(),
});

const accountInConnection = z.object({
  connectionId: z.string(),
  connectionName: z.string(),
  accountId: z.string(),
  accountName: z.string().nullable(),
  isCatchAll: z.boolean(),
});

export const organization = z.object({
  id: z.string(),
  name: z.string(),
  externalRefs: z.array(z.object({ kind: z.string(), value: z.string(), source: z.string().optional() })),
  delivery: z.object({ enabled: z.boolean(), tickets: z.boolean(), email: z.boolean() }),
  connectionId: z.string().nullable(),
  ticketTarget: accountInConnection
    .nullable()
    .meta({ description: 'Where its tickets go now; null while there is no connection for it.' }),
  accounts: z.array(accountInConnection).meta({
    description: 'Its account in each connection that is set up: the mapped one, or the catch-all.',
  }),
  alerts7d: z.int().meta({ description: 'Alerts received in the last seven days.' }),
  lastDeliveredAt: z
    .string()
    .nullable()
    .meta({ description: 'When the newest of its recent alerts that was delivered was delivered.' }),
  hint: z.string().nullable().meta({ description: 'Why the switch currently does nothing (req 16).' }),
  createdAt: z.string(),
});

export const unassignedReference = z.object({
  reference: z.string(),
  kind: z.string(),
  value: z.string(),
  source: z.string(),
  alerts: z.int(),
  lastSeenAt: z.string(),
});

export const assignment = z.strictObject({
  reference: z
    .string()
    .min(1)
    .max(1_000)
    .meta({ description: '`reference` of an entry of /organizations/unassigned.' }),
});

/** References in object form, each once, in the order given. */
export function toReferences(given: z.output<typeof externalRefs>): OrganizationReferenceEntry[] {
  const entries = given.map((one): OrganizationReferenceEntry => {
    if (typeof one === 'string') return { kind: 'id', value: one };
    const { kind, value, source } = one;
    return source === undefined ? { kind, value } : { kind, value, source };
  });
  const seen = new Set<string>();
  return entries.filter(({ kind, value, source }) => {
    const key = JSON.stringify([kind, value, source]);
    return !seen.has(key) && seen.add(key);
  });
}

const way = z.enum(['goes', 'held', 'none']);

/** What would happen to an alert right now, by its severity. */
export const outlook = z.object({
  severities: z.array(
    z.object({
      severity: z.enum(severities),
      ticket: z.object({
        kind: way,
        words: z.string(),
        connectionId: z.string().optional(),
        accountId: z.string().optional(),
      }),
      mail: z.object({
        kind: way,
        words: z.string(),
        recipients: z.array(
          z.object({
            address: z.string(),
            scope: z.enum(['organization', 'global']).meta({ description: 'In whose subject format.' }),
          }),
        ),
        stopped: z.array(z.string()).meta({
          description:
            'Recipients that should get it and do not: their addresses were refused too often. `allow` lifts it.',
        }),
      }),
    }),
  ),
});
