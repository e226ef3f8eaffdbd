/** What makes an alert the same again, and what it said the same. */
import { hash } from 'node:crypto';
import type { Alert } from './types.ts';

/**
 * Marks the same alert again: SHA-256 over source and external id as NFC, the source with its length before it so
 * that no two pairs read alike (promises I-30). 32 bytes.
 */
export function dedupKey(alert: Pick<Alert, 'source' | 'externalId'>): Buffer {
  const source = alert.source.normalize('NFC');
  return hash('sha256', `${source.length}:${source}${alert.externalId.normalize('NFC')}`, 'buffer');
}

/**
 * SHA-256 over everything an alert says, whatever the order of its members; flags are left out, since some depend
 * on the time of receipt. 32 bytes.
 */
export function bodyHash(alert: Alert): Buffer {
  const { flags: _, ...said } = alert;
  return hash('sha256', canonical(said), 'buffer');
}

const followUps = new Set(['updated', 'resolved', 'closed']);

/** Whether the sender tells of something it must have told before; stored first, it gets the flag `updateFirst`. */
export function isFollowUp(alert: Pick<Alert, 'status'>): boolean {
  return followUps.has(alert.status?.trim().toLowerCase() ?? '');
}

/** JSON with the members of every object in the order of their names. Nesting is limited at the door. */
function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null || JSON.isRawJSON(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  const record = value as Record<string, unknown>;
  const parts: string[] = [];
  for (const key of Object.keys(record).sort()) {
    if (record[key] !== undefined) parts.push(`${JSON.stringify(key)}:${canonical(record[key])}`);
  }
  return `{${parts.join()}}`;
}
