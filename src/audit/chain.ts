/** Each entry's hash covers the hash of the one before it, so that nothing can be changed, removed or slipped in. */
import { hash } from 'node:crypto';
import type { Entry } from './types.ts';

/** The chain before its first entry. */
export const noHash = '';

/** SHA-256 in hex over the entry in one spelling, its place in the chain, and the hash before it. */
export function hashOf(entry: Entry, previousHash: string): string {
  const { workspaceId, n, at, who, address, action, target, before, after, reason } = entry;
  const text = canonical([
    'herald audit 1',
    workspaceId,
    n,
    at.toISOString(),
    [who.kind, who.id, who.name],
    address,
    action,
    [target.kind, target.id, target.name],
    before,
    after,
    reason,
    previousHash,
  ]);
  return hash('sha256', text, 'hex');
}

/** JSON with sorted members and nothing between them: one text per value. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, member: unknown) =>
    isPlain(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : member,
  );
}

/** An object that is no array. */
export const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
