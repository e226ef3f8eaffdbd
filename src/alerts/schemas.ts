/** Alerts as the API answers them. */
import { z } from 'zod';
import { deliverySchema } from '../receipts/index.ts';
import { severities } from './types.ts';

/** In a list. */
export const listedAlert = z.object({
  id: z.string(),
  source: z.string(),
  externalId: z.string(),
  title: z.string(),
  severity: z.enum(severities),
  originalSeverity: z.string(),
  status: z.string().nullable(),
  eventType: z.string().nullable(),
  user: z.string().nullable().meta({ description: 'The address of the user, else the name.' }),
  device: z.string().nullable().meta({ description: 'The name of the device, else its address.' }),
  organization: z.object({ id: z.string(), name: z.string() }).nullable(),
  unassignedReference: z
    .string()
    .nullable()
    .meta({ description: "The sender's reference, when the organization is unknown." }),
  receivedAt: z.string(),
  occurredAt: z.string().nullable(),
  flags: z.array(z.string()),
  deliveries: z.array(deliverySchema),
});

/** One, with everything. */
export const wholeAlert = listedAlert.extend({
  revision: z.number(),
  alert: z.record(z.string(), z.unknown()).meta({ description: 'The alert, normalized; `raw` as it came.' }),
  trace: z.array(z.string()).meta({ description: 'How it was planned, in words.' }),
  revisions: z.array(
    z.object({
      revision: z.number(),
      severity: z.enum(severities),
      status: z.string().nullable(),
      receivedAt: z.string(),
    }),
  ),
});
