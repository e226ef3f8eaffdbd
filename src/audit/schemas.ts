/** What the audit looks like in the API. */
import { z } from 'zod';
import { didWords } from './actions.ts';
import type { ChainedEntry } from './store.ts';
import { changesOf } from './words.ts';

const members = z.record(z.string(), z.unknown());
const text = z.string();

export const auditEntry = z.object({
  n: z.int().meta({ description: 'Its number in the chain.' }),
  at: text,
  actor: z.object({ kind: z.enum(['user', 'apiKey', 'system']), id: text, name: text }),
  address: text.nullable().meta({ description: 'Where the request came from; null for Herald itself.' }),
  action: text,
  did: text.meta({ description: 'What was done, in words that are followed by the name of the thing.' }),
  target: z.object({ kind: text, id: text, name: text }),
  changes: z
    .array(z.object({ field: text, before: text.nullable(), after: text.nullable() }))
    .meta({ description: 'What differs, in words.' }),
  before: members.meta({ description: 'The members that differ, as they were. Secrets are never here.' }),
  after: members,
  reason: text.nullable(),
  hash: text,
});

export function toAnswer(entry: ChainedEntry): z.input<typeof auditEntry> {
  const { n, at, who, address, action, target, before, after, reason, hash } = entry;
  return {
    n,
    at: at.toISOString(),
    actor: who,
    address,
    action,
    did: didWords(action),
    target,
    changes: changesOf(entry),
    before,
    after,
    reason,
    hash,
  };
}

export const signedHead = z.strictObject({
  n: z.int().min(0),
  hash: z.string().max(64),
  at: z.string().max(40).meta({ description: 'When it was exported.' }),
  signature: z.string().max(100),
});

export const verdict = z.object({
  state: z.enum(['whole', 'broken']),
  entries: z.int().meta({ description: 'How many entries are as they were written.' }),
  brokenAt: z.int().optional().meta({ description: 'The first entry that is not.' }),
  words: text,
});
