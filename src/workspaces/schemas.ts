/** The workspace as the API answers it. */
import { z } from 'zod';

export const workspace = z.object({
  id: z.string(),
  name: z.string(),
  timeZone: z.string(),
  newOrganizations: z.object({ enabled: z.boolean(), tickets: z.boolean(), email: z.boolean() }),
  wayOutMinutes: z.number(),
  retentionDays: z.number(),
  secondFactorDemanded: z.boolean(),
  createdAt: z.string(),
});
