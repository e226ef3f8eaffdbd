/** What connections look like in the API (design §9). */
import { z } from 'zod';
import { idText } from '../http/index.ts';
import { budgetSchema, shareSchema, waitingSchema } from './budget.ts';
import { lookFirstSchema } from './lookFirst.ts';

const fieldError = z.object({
  field: z.string(),
  code: z.string(),
  message: z.string(),
  mistake: z
    .object({ at: z.int(), what: z.string() })
    .optional()
    .meta({ description: 'Of a template: the place, from 0, and what is wrong there.' }),
});

export const check = z.object({ key: z.string(), label: z.string(), ok: z.boolean(), text: z.string() });

/** What a check of stored credentials came to. */
export const verifyAnswer = z.object({ ok: z.boolean(), checks: z.array(check) });

const name = z.string().trim().min(1).max(200);

export const newConnection = z.strictObject({ kind: z.string().max(50), name: name.optional() });

export const connectionChange = z.strictObject({
  name: name.optional(),
  isDefault: z
    .boolean()
    .optional()
    .meta({ description: 'True makes it the default one; there is always one at most.' }),
  budgetShare: shareSchema.nullable().optional().meta({
    description:
      "The part of the PSA's calls that it may use, 0.05 to 1; null: as its kind declares. Takes effect at once.",
  }),
});

export const connection = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.string(),
  label: z.string().meta({ description: "The PSA's name for people." }),
  status: z.enum(['draft', 'active', 'paused']),
  pauseReason: z.string().nullable(),
  health: z.object({
    state: z.enum(['ok', 'attention']),
    reason: z.string().optional(),
    since: z.string().optional(),
  }),
  notices: z
    .array(z.object({ text: z.string(), since: z.string(), lastAt: z.string(), times: z.int() }))
    .meta({
      description:
        'What the PSA no longer takes, and what is done instead, newest first; gone when a step or the mapping is saved.',
    }),
  isDefault: z.boolean(),
  counts: z.object({ waiting: z.int(), held: z.int(), failed: z.int() }),
  budgetShare: z.number().meta({ description: "The part of the PSA's calls that it may use." }),
  budget: budgetSchema.nullable().meta({ description: 'Calls to the PSA; null while none was made for it.' }),
  waiting: waitingSchema
    .nullable()
    .meta({ description: 'Why no call is made now, for a reason that passes.' }),
  lookFirst: lookFirstSchema.nullable(),
  directory: z.object({
    state: z.enum(['none', 'loading', 'ready', 'failed']),
    loaded: z.int(),
    total: z.int().nullable(),
    failure: z.string().optional(),
    waiting: z.string().optional().meta({ description: 'Why loading does not go on now, and until when.' }),
  }),
  steps: z.record(z.string(), z.record(z.string(), z.unknown())).meta({
    description:
      'What each step holds, by the declared keys. A secret is never answered, only whether it is set.',
  }),
  next: z
    .array(z.object({ step: z.string(), complete: z.boolean(), errors: z.array(fieldError) }))
    .meta({ description: 'Which steps are complete, and what the others lack.' }),
  createdAt: z.string(),
});

export const connectionWithChecks = connection.extend({ checks: z.array(check).optional() });

const id = z.string().min(1).max(100);
/** Kept as text all the way, so that no price is rounded. */
const money = z
  .string()
  .refine((text) => /^\d{1,8}(\.\d{1,4})?$/.test(text), {
    error: 'must be a number such as 4.5: not below 0, with at most 4 decimals.',
  })
  .meta({ description: 'A decimal as text, not below 0, with at most 4 places.' });

const newMapping = z.strictObject({
  organizationId: idText,
  accountId: id,
  contactId: id.nullish(),
  contractId: id.nullish(),
  serviceId: id.nullish(),
  addService: z.boolean().nullish(),
  unitCost: money.nullish(),
  unitPrice: money.nullish(),
  note: z.string().trim().max(2_000).optional().meta({
    description: 'Why the organization goes to this account. Left out: as it was.',
  }),
  reviewOn: z.iso.date().nullish().meta({
    description: 'The day on which somebody looks at it again; null = never. Left out: as it was.',
  }),
});

export const newMappingSet = z.strictObject({
  mappings: z.array(newMapping).max(20_000),
  ignoredAccountIds: z.array(id).max(50_000).optional(),
});

const accountIds = z.array(id).max(1_000).default([]);

export const ignoredChange = z.strictObject({
  add: accountIds.meta({ description: 'Accounts that are not offered any more.' }),
  remove: accountIds.meta({ description: 'Accounts that are offered again.' }),
});

export const mappingSet = z.object({
  mappings: z.array(
    z.object({
      organizationId: z.string(),
      organizationName: z.string(),
      accountId: z.string(),
      accountName: z.string().nullable(),
      accountIsActive: z.boolean().nullable(),
      contactId: z.string().nullable(),
      contractId: z.string().nullable(),
      serviceId: z.string().nullable(),
      addService: z.boolean().nullable(),
      unitCost: z.string().nullable(),
      unitPrice: z.string().nullable(),
      note: z.string(),
      reviewOn: z.string().nullable(),
    }),
  ),
  contracts: z
    .array(
      z.object({
        id: z.string(),
        accountId: z.string(),
        name: z.string(),
        number: z.string().nullable(),
        isActive: z.boolean(),
        takesServices: z.boolean(),
        endsOn: z.string().nullable(),
      }),
    )
    .meta({ description: 'The contracts that the mappings name, as they were last met at the PSA.' }),
  ignoredAccountIds: z.array(z.string()),
  unmappedOrganizations: z.int(),
});

export const account = z.object({
  id: z.string(),
  name: z.string(),
  number: z.string().nullable(),
  webAddress: z.string().nullable(),
  isActive: z.boolean(),
  filters: z.record(z.string(), z.string()),
  isIgnored: z.boolean(),
  organizationIds: z.array(z.string()).meta({ description: 'Organizations that are mapped to it.' }),
});

export const namedAccount = account.pick({ id: true, name: true, number: true, isActive: true });

export const contact = z.object({
  id: z.string(),
  accountId: z.string(),
  name: z.string(),
  emails: z.array(z.string()),
  isPrimary: z.boolean(),
  isActive: z.boolean(),
});

const day = z.string().meta({ description: 'A day, YYYY-MM-DD.' });

export const contract = z.object({
  id: z.string(),
  accountId: z.string(),
  name: z.string(),
  number: z.string().optional(),
  isActive: z.boolean().meta({ description: 'In force today: not switched off, begun, and not ended.' }),
  startsOn: day.optional(),
  endsOn: day.optional(),
  takesServices: z.boolean().meta({ description: 'Services can be added to it.' }),
});

export const service = z.object({
  id: z.string(),
  name: z.string(),
  isActive: z.boolean(),
  unitCost: z.string().optional().meta({ description: 'A decimal as text, as in the catalogue.' }),
  unitPrice: z.string().optional(),
});

export const choice = z.object({
  id: z.string(),
  label: z.string(),
  isActive: z.boolean(),
  isDefault: z.boolean(),
  parentId: z.string().optional(),
  isClientVisible: z.boolean().optional(),
});

export const previewOrder = z.strictObject({
  alert: z.record(z.string(), z.unknown()).optional().meta({ description: 'An alert in the native form.' }),
  alertId: z.union([z.string().regex(/^\d{1,18}$/), z.int().min(1)]).optional(),
  steps: z
    .strictObject({
      accounts: z.record(z.string(), z.unknown()).optional(),
      tickets: z.record(z.string(), z.unknown()).optional(),
    })
    .optional()
    .meta({
      description: 'Values that are not saved yet, whole steps, as PUT takes them; not judged by the PSA.',
    }),
  recent: z
    .boolean()
    .optional()
    .meta({ description: 'Also how the newest real alerts would group; alone, it previews the newest.' }),
});

export const previewAnswer = z.object({
  words: z.array(z.string()),
  deliveries: z.array(
    z.object({ connectionId: z.string(), state: z.string(), reason: z.string().optional() }),
  ),
  ticket: z.object({ title: z.string(), description: z.string() }),
  accountId: z.string(),
  priority: z.string(),
  issueTypes: z
    .object({
      issueType: z.string().nullable(),
      subIssueType: z.string().nullable(),
      chosenBy: z
        .object({ by: z.enum(['respond rule', 'IOC rule', 'event type']), match: z.string() })
        .nullable()
        .meta({ description: 'The row of the overrides that matches; null = the defaults hold.' }),
    })
    .optional()
    .meta({ description: 'Ids of the lists of the PSA; absent where its tickets have no issue types.' }),
  grouping: z.object({ words: z.string(), alone: z.boolean() }),
  recent: z
    .array(
      z.object({
        alertId: z.string(),
        receivedAt: z.string(),
        title: z.string(),
        ticket: z.string().meta({ description: 'The title of its ticket.' }),
        group: z.int().meta({ description: 'Those with the same number would share a ticket.' }),
        grouping: z.object({ words: z.string(), alone: z.boolean() }),
      }),
    )
    .optional(),
});

export const testTicketOrder = z.strictObject({ accountId: id, contactId: id.optional() });

export const testTicketAnswer = z.object({
  outcome: z.enum(['done', 'failed', 'uncertain', 'pending']),
  alertId: z.string().meta({ description: 'The marked alert behind it; GET /alerts/{id} shows every step.' }),
  text: z.string().optional(),
  ticket: z
    .object({ ref: z.string(), number: z.string().optional(), link: z.string().optional() })
    .optional(),
});

const text = z.string();

/** A declared field as the adapter has it; its members differ by kind. */
const declaredField = z.looseObject({ key: text, label: text, step: text, kind: text });

export const kind = z.object({
  kind: text,
  label: text,
  fields: z.array(declaredField),
  accountFilters: z.array(z.object({ key: text, label: text })),
  setup: z.object({ prerequisites: z.array(text), steps: z.array(text), warnings: z.array(text) }),
});
