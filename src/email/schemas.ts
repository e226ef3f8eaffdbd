/** What e-mail looks like in the API (design §9, req 109–120). */
import { z } from 'zod';
import { severities } from '../alerts/types.ts';
import { idText, pageOf } from '../http/index.ts';

const severity = z.enum(severities);

/** A day such as 2026-11-30. */
export const day = z.iso.date();

const mostServers = 5;
/** More than a machine sends: whoever has a server without limits is not to be limited by us. */
const mostMailsPerMinute = 100_000;

export const newServer = z.strictObject({
  host: z.string().trim().min(1).max(255),
  port: z.int().min(1).max(65_535),
  security: z.enum(['tls', 'starttls', 'none']).meta({
    description:
      'tls: from the first byte. starttls: demanded. none: only for hosts in HERALD_OUTBOUND_ALLOW, and without a password.',
  }),
  user: z.string().max(320).optional(),
  password: z
    .string()
    .max(1_000)
    .optional()
    .meta({ description: 'Never answered. Left out: the one stored for this host, port and user stays.' }),
});

const subject = z.string().max(2_000).meta({ description: 'A template over fields of the alert.' });
const address = z.string().max(320);

export const mailSettingsChange = z.strictObject({
  globalSubject: subject.optional(),
  organizationSubject: subject.optional(),
  respondEventDetail: z.boolean().optional(),
  iocEventDetail: z.boolean().optional(),
  servers: z.array(newServer).max(mostServers).optional().meta({
    description: 'Replaces the list; in the order in which they are tried. Empty: those of the installation.',
  }),
  fromAddress: address.nullable().optional(),
  replyTo: address.nullable().optional(),
  ratePerMinute: z.int().min(1).max(mostMailsPerMinute).optional().meta({
    description: 'Mails in a minute, to all addresses together.',
  }),
});

export const mailSettings = z.object({
  globalSubject: z.string(),
  organizationSubject: z.string(),
  respondEventDetail: z.boolean(),
  iocEventDetail: z.boolean(),
  servers: z.array(
    z.object({
      host: z.string(),
      port: z.int(),
      security: z.enum(['tls', 'starttls', 'none']),
      user: z.string().nullable(),
      hasPassword: z.boolean(),
      problem: z
        .string()
        .nullable()
        .meta({ description: 'What the last check found wrong; null: nothing, or not checked since.' }),
    }),
  ),
  fromAddress: z.string().nullable(),
  replyTo: z.string().nullable(),
  ratePerMinute: z.int(),
  isSetUp: z.boolean().meta({ description: 'There are a mail server and a sender: mail can leave.' }),
  fromInstallation: z.boolean().meta({
    description: 'The servers or the sender in use are those of HERALD_SMTP_URL and HERALD_MAIL_FROM.',
  }),
  sender: z.string().nullable().meta({ description: 'The address that mails are from now.' }),
  attention: z.string().nullable().meta({ description: 'Why a person must act; nothing leaves until then.' }),
  attentionSince: z.string().nullable(),
});

export const serverCheck = z.object({
  host: z.string(),
  port: z.int(),
  ok: z.boolean(),
  text: z.string().meta({ description: 'What was found, in words.' }),
});

/** What a check of all servers in use came to. */
export const verifyAnswer = z.object({ ok: z.boolean(), servers: z.array(serverCheck) });

export const testOrder = z
  .strictObject({
    address: z.string(),
    as: z.enum(['global', 'organization']).meta({ description: 'In whose subject format.' }),
    organizationId: idText.optional(),
  })
  .refine(({ as: scope, organizationId }) => scope === 'global' || organizationId !== undefined, {
    path: ['organizationId'],
    error: 'says whose format the mail is to have: choose an organization.',
  });

export const testAnswer = z.object({
  alertId: z.string(),
  deliveryId: z.string().nullable(),
  outcome: z.enum(['done', 'failed', 'uncertain', 'pending']),
  text: z.string(),
});

export const previewOrder = z.strictObject({
  alertId: z
    .string()
    .regex(/^\d{1,19}$/)
    .optional()
    .meta({ description: 'Left out: the newest alert, or an example while there is none.' }),
  scope: z.enum(['global', 'organization']),
  globalSubject: subject.optional(),
  organizationSubject: subject.optional(),
  respondEventDetail: z.boolean().optional(),
  iocEventDetail: z.boolean().optional(),
  organizationId: idText.optional(),
  differenceOf: z.enum(['respondEventDetail', 'iocEventDetail']).optional().meta({
    description:
      'Takes an alert whose mail this switch changes: the one above if it does, else the newest of the last 300 that does, if any.',
  }),
});

export const previewAnswer = z.object({
  subject: z.string(),
  text: z.string(),
  html: z.string(),
  alertId: z.string().nullable().meta({ description: 'Null: made of an example.' }),
});

const note = z.string().trim().max(2_000);
const owner = z.string().trim().max(200);
const wantedSeverities = z
  .array(severity)
  .min(1)
  .max(severities.length)
  .nullable()
  .meta({ description: 'Only alerts of these; null = all.' });

export const newRecipient = z.strictObject({
  address: z.string(),
  severities: wantedSeverities.optional(),
  note: note.optional().meta({ description: 'Why it exists.' }),
  owner: owner.optional().meta({ description: 'Who answers for it.' }),
  reviewOn: day.nullable().optional().meta({ description: 'When somebody looks at it again.' }),
});

export const recipientChange = newRecipient.partial();

export const recipient = z.object({
  id: z.string(),
  organizationId: z.string().nullable().meta({ description: 'Null: global.' }),
  organizationName: z.string().nullable(),
  address: z.string(),
  severities: z.array(severity).nullable(),
  note: z.string(),
  owner: z.string(),
  reviewOn: z.string().nullable(),
  isReviewDue: z.boolean(),
  state: z.enum(['ok', 'stopped']).meta({
    description: 'stopped: refused so often that no mail goes there until a person allows it.',
  }),
  stopped: z.object({ since: z.string(), refusal: z.string(), refusals: z.int() }).nullable(),
  waiting: z.int().meta({ description: 'Mails that wait for this address, up to 1000.' }),
  failed: z.int().meta({ description: 'Mails to this address that need a person, up to 1000.' }),
  revision: z.int().meta({ description: 'For If-Match.' }),
  createdAt: z.string(),
});

export const review = z.object({
  kind: z.enum(['recipient', 'mapping']),
  recipientId: z.string().nullable(),
  address: z.string().nullable(),
  organizationId: z.string().nullable(),
  organizationName: z.string().nullable(),
  connectionId: z.string().nullable(),
  connectionName: z.string().nullable(),
  accountId: z.string().nullable(),
  accountName: z.string().nullable(),
  note: z.string(),
  owner: z.string(),
  reviewOn: z.string(),
  isDue: z.boolean(),
});

export const lastMail = z
  .object({
    month: z.string().meta({ description: 'Such as 2026-11.' }),
    mails: z.array(
      z.object({
        address: z.string(),
        state: z.enum(['waiting', 'sending', 'sent', 'failed']),
        words: z.string().nullable().meta({ description: 'What the mail server said.' }),
        triedAt: z.string().nullable(),
      }),
    ),
  })
  .nullable();

/** What is to be looked at again, with how many there are and the mail of the newest month. */
export const reviewsPage = pageOf(review).extend({
  counts: z.object({ due: z.int(), soon: z.int() }),
  lastMail,
});
