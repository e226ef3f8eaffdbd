import { describe, expect, it } from 'vitest';
import { bodyHash, dedupKey } from '../alerts/identity.ts';
import type { Alert } from '../alerts/types.ts';
import { severities } from '../alerts/types.ts';
import { formats, parseBatch } from '../intake/index.ts';
import { samples } from '../intake/samples/index.ts';
import { changesInWords } from '../plan/updates.ts';
import { organizations } from './organizations.ts';
import { demoRequests, mix } from './stream.ts';

const requestsPerRound = samples.length;

/** The alerts of the first rounds, each sent a second after the one before. */
function roundsOf(count: number): Alert[][] {
  let now = Date.parse('2026-11-22T10:00:00Z');
  const requests = demoRequests(() => {
    now += 1_000;
    return new Date(now);
  });
  return Array.from({ length: count }, () =>
    Array.from({ length: requestsPerRound }, () => requests.next().value).flatMap(({ format, body }) => {
      const batch = parseBatch(formats[format], body, { now: new Date(now) });
      if (!batch.ok) throw new Error(batch.message);
      return batch.results.map((parsed) => {
        if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
        return parsed.alert;
      });
    }),
  );
}

const rounds = roundsOf(5);
const keysOf = (alerts: readonly Alert[]) => new Set(alerts.map((alert) => dedupKey(alert).toString('hex')));

/** What acceptance makes of a later version. */
function changeOf(before: Alert, after: Alert): 'same' | 'update' | 'other' {
  if (bodyHash(before).equals(bodyHash(after))) return 'same';
  return changesInWords(before, after) === '' ? 'other' : 'update';
}

it('every alert of every round is taken', () => {
  expect(rounds.map((alerts) => alerts.length)).toEqual(rounds.map(() => rounds[0]!.length));
});

it('no round repeats an alert of another one', () => {
  const all = rounds.map(keysOf);
  expect(new Set(all.flatMap((keys) => [...keys])).size).toBe(all.reduce((sum, keys) => sum + keys.size, 0));
});

describe.each([0, 1, 2, 3])('round %i', (at) => {
  const alerts = rounds[at]!;

  it('has new alerts, repeats to the letter, and updates', () => {
    const last = new Map<string, Alert>();
    const seen = { first: 0, same: 0, update: 0, other: 0 };
    for (const alert of alerts) {
      const key = dedupKey(alert).toString('hex');
      const before = last.get(key);
      seen[before ? changeOf(before, alert) : 'first'] += 1;
      last.set(key, alert);
    }
    expect(seen).toEqual({ first: 42, same: 2, update: 5, other: 0 });
  });

  it('has alerts that share title and user, so that notes come of them', () => {
    const groups = Map.groupBy(alerts, ({ title, user }) => `${title}|${user?.email}`);
    expect([...groups.values()].filter((group) => keysOf(group).size > 1).length).toBeGreaterThan(1);
  });

  it('has every severity, unmapped organizations and unknown ones', () => {
    expect(new Set(alerts.map(({ severity }) => severity))).toEqual(new Set(severities));
    const ids = alerts.map(({ organization }) => organization?.externalId);
    const unmapped = organizations.flatMap(({ isMapped, externalRefs }) => (isMapped ? [] : externalRefs));
    expect(ids.some((id) => unmapped.includes(id ?? ''))).toBe(true);
    expect(ids).toContain('org-99');
  });

  it('carries the time of now', () => {
    for (const { flags, occurredAt } of alerts) {
      expect(flags).not.toContain('timeInFuture');
      if (occurredAt) expect(Date.parse(occurredAt)).toBeGreaterThan(Date.parse('2026-11-22T10:00:00Z'));
    }
  });
});

describe('people', () => {
  const peopleOf = (at: number) =>
    new Set(rounds[at]!.flatMap(({ user }) => user?.email?.toLowerCase() ?? []));

  it('are those of the samples in every second round, so that alerts join open tickets', () => {
    expect(peopleOf(2)).toEqual(peopleOf(0));
    expect(peopleOf(0)).toContain('ana@northwind.example');
  });

  it('are others in between, so that new tickets open', () => {
    expect([...peopleOf(1)].filter((email) => peopleOf(0).has(email))).toEqual([]);
    expect(peopleOf(1)).not.toEqual(peopleOf(3));
  });

  it('have the name that goes with their address, and work where the first ones did', () => {
    const [first] = rounds[1]!.filter(({ title }) => title === 'Sign-in outside the approved location');
    const [name, family] = first!.user!.name!.toLowerCase().split(' ');
    expect(first!.user!.email).toBe(`${name}.${family}@northwind.example`);
    expect(first!.description).not.toContain('Ana');
  });
});

it('formats are mixed, and keep their own order', () => {
  const mixed = mix(samples);
  expect(mixed).toHaveLength(samples.length);
  expect(new Set(mixed.slice(0, 8).map(({ format }) => format)).size).toBe(7);
  for (const { format } of samples) {
    const own = (list: typeof mixed) => list.filter((sample) => sample.format === format);
    expect(own(mixed)).toEqual(own([...samples]));
  }
});

it('the first seven alerts are of the seven formats', () => {
  const requests = demoRequests(() => new Date('2026-11-22T10:00:00Z'));
  const first: string[] = [];
  while (first.length < 7) {
    const { format, body } = requests.next().value;
    const batch = parseBatch(formats[format], body, { now: new Date() });
    first.push(...(batch.ok ? batch.results.map(() => format) : []));
  }
  expect(new Set(first)).toEqual(new Set(Object.keys(formats)));
});
