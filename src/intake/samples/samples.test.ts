import { describe, expect, it } from 'vitest';
import { bodyHash, dedupKey } from '../../alerts/identity.ts';
import { type Alert, severities } from '../../alerts/types.ts';
import { changesInWords } from '../../plan/updates.ts';
import { formats, parseBatch } from '../formats.ts';
import { samples } from './index.ts';

const now = new Date('2026-11-20T13:00:00Z');
const read = samples.flatMap(({ format, organizationHint, body }) => {
  const batch = parseBatch(formats[format], body, { now });
  return batch.ok ? batch.results.map((parsed) => ({ format, organizationHint, parsed })) : [];
});
const alerts = read.flatMap(({ parsed }) => (parsed.ok ? [parsed.alert] : []));

it('every sample is taken', () => {
  expect(samples.length).toBeGreaterThanOrEqual(40);
  expect(alerts).toHaveLength(read.length);
  expect(new Set(read.map(({ format }) => format)).size).toBe(7);
});

it('each names the organization that it should', () => {
  for (const { organizationHint, parsed } of read) {
    const reference = parsed.ok ? Object.values(parsed.alert.organization ?? {}) : [];
    expect(reference.includes(organizationHint as string) || reference.length === 0).toBe(true);
    expect(reference.length > 0).toBe(organizationHint !== undefined);
  }
});

/** What acceptance makes of a later version. */
function changeOf(before: Alert, after: Alert): 'same' | 'update' | 'other' {
  if (bodyHash(before).equals(bodyHash(after))) return 'same';
  return changesInWords(before, after) === '' ? 'other' : 'update';
}

describe('variety', () => {
  it('all severities and most flags', () => {
    expect(new Set(alerts.map(({ severity }) => severity))).toEqual(new Set(severities));
    const flags = new Set(alerts.flatMap((alert) => alert.flags));
    expect(flags).toEqual(new Set(['severityUnclear', 'test']));
  });

  it('duplicates and updates', () => {
    const changes = new Map<string, number>();
    const last = new Map<string, (typeof alerts)[number]>();
    for (const alert of alerts) {
      const key = dedupKey(alert).toString('hex');
      const before = last.get(key);
      const change = before ? changeOf(before, alert) : 'first';
      changes.set(change, (changes.get(change) ?? 0) + 1);
      last.set(key, alert);
    }
    expect(Object.fromEntries(changes)).toEqual({ first: 42, same: 2, update: 5 });
  });
});
