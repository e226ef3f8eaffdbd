/** API keys as the API answers them. */
import { z } from 'zod';
import { scopes } from '../http/index.ts';

/** Never the key itself. */
export const apiKey = z.object({
  id: z.string(),
  name: z.string(),
  prefix: z.string(),
  scopes: z.array(z.enum(scopes)),
  source: z.string().nullable(),
  createdAt: z.string(),
});

/** With the key, once: when it was made. */
export const newlyMadeKey = apiKey.extend({ key: z.string() });
