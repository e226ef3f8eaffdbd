/** Causes as the API answers them. */
import { z } from 'zod';

/** What keeps deliveries waiting for a person. */
export const cause = z.object({
  id: z.string(),
  words: z.string(),
  connectionId: z.string().nullable().meta({ description: 'Null for e-mail.' }),
  connectionName: z.string().nullable().meta({ description: 'Null when the connection was removed.' }),
  state: z.enum(['held', 'failed', 'uncertain']),
  reason: z.string().nullable(),
  count: z.int(),
  oldest: z.string().nullable().meta({ description: 'When the oldest of its alerts was received.' }),
  exampleDeliveryId: z.string(),
});

/** What a decision about a cause came to. */
export const counted = z.object({ count: z.int().meta({ description: 'Deliveries that were changed.' }) });
