/** What the table of mappings asks about accounts besides their list. */
import { z } from 'zod';

/** The values of a declared filter that accounts have. */
export const accountFacet = z.object({
  filter: z.string(),
  label: z.string(),
  values: z.array(z.object({ value: z.string(), count: z.int() })).meta({
    description: 'By frequency; /choices of the filter has the labels of the values.',
  }),
});

/** An account whose name is like that of an organization that has none yet. */
export const suggestion = z.object({
  organizationId: z.string(),
  accountId: z.string(),
  accountName: z.string(),
  match: z.enum(['exact', 'near']).meta({
    description: 'exact: the same but for case, accents, punctuation and legal form.',
  }),
  score: z.number().meta({ description: 'How alike they are, 0 to 1.' }),
});
