/** 10,000 arbitrary JSON values as alerts (promises §3.3): none is a surprise, each has its own answer. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { formatNames } from '../../src/intake/formats.ts';
import { samples } from '../../src/intake/samples/index.ts';
import { type IntakeServer, startIntake } from './server.ts';

let server: IntakeServer;
beforeAll(async () => {
  server = await startIntake();
});
afterAll(() => server.close());

const text = fc.string({ unit: 'binary', maxLength: 30 });
const word = fc.string({ unit: 'binary', minLength: 1, maxLength: 30 });
const anything = fc.jsonValue({ stringUnit: 'binary', maxDepth: 3 });
const usually = (arbitrary: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 9, arbitrary }, { weight: 1, arbitrary: anything });

/** Close to an alert, so that many get past the first check. */
const nearlyAnAlert = fc.record(
  {
    source: usually(word),
    externalId: usually(word),
    title: usually(word),
    severity: usually(fc.constantFrom('low', 'medium', 'high', 'critical', 'odd')),
    organization: usually(fc.record({ externalId: text, domain: text, name: text }, { requiredKeys: [] })),
    user: usually(fc.record({ email: text, name: text }, { requiredKeys: [] })),
    events: usually(fc.array(fc.record({ type: text, summary: text }), { maxLength: 3 })),
    labels: usually(fc.dictionary(text, fc.oneof(text, fc.double(), fc.boolean()), { maxKeys: 3 })),
    occurredAt: usually(text),
    status: usually(fc.constantFrom('new', 'resolved', '')),
    more: anything,
  },
  { requiredKeys: ['source', 'externalId', 'title', 'severity'] },
);

const bodies = samples.map(({ body }) => body);
/** A sample of a product with one of its outer members replaced. */
const damaged = fc.tuple(fc.constantFrom(...bodies), fc.nat(), anything).map(([body, which, value]) => {
  const record = (Array.isArray(body) ? body[0] : body) as Record<string, unknown>;
  const names = Object.keys(record);
  return { ...record, [names[which % names.length] ?? 'x']: value };
});

// `__proto__` refuses a request as a whole, which is tested by itself.
const isAllowed = (value: unknown) => !JSON.stringify(value).includes('__proto__');
const one = fc
  .oneof(anything, { weight: 3, arbitrary: nearlyAnAlert }, { weight: 2, arbitrary: damaged })
  .filter(isAllowed);

const perRequest = 250;
const requests = 40;

it(`${perRequest * requests} arbitrary values: never a surprise, an answer for each, the same answer again`, async () => {
  let seen = 0;
  let accepted = 0;
  const batch = fc.array(one, { minLength: perRequest, maxLength: perRequest });
  const path = fc.oneof(
    fc.constant('/alerts'),
    fc.constantFrom(...formatNames.map((name) => `/intake/${name}`)),
  );
  const { failed, seed, errorInstance } = await fc.check(
    fc.asyncProperty(batch, path, async (values, to) => {
      const sent = {
        path: to,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(values),
      };
      const first = await server.send(sent);
      const again = await server.send(sent);
      expect(first.status).toBeLessThan(500);
      expect(again.status).toBe(first.status);
      const results: { id?: string; status: string; error?: { code: string } }[] = first.body.results ?? [];
      // Some products put several alerts into one record.
      if (to === '/alerts') expect(results).toHaveLength(values.length);
      expect(again.body.results?.length ?? 0).toBe(results.length);
      for (const [n, { id, status, error }] of results.entries()) {
        expect(status === 'rejected').toBe(id === undefined);
        // It is refused for what it is, never because the database choked on it.
        expect(error?.code).toBe(id === undefined ? 'invalid' : undefined);
        expect(again.body.results[n].id).toBe(id);
      }
      seen += values.length;
      accepted += results.filter(({ id }) => id !== undefined).length;
    }),
    { numRuns: requests, endOnFailure: true },
  );
  // The values themselves would fill pages.
  expect(failed, `seed ${seed}: ${errorInstance}`).toBe(false);
  expect(seen).toBeGreaterThanOrEqual(perRequest * requests);
  // Without these the other half of the code would not have been met.
  expect(accepted).toBeGreaterThan(seen / 10);
  expect(server.logLines.join('')).not.toContain('http.surprise');
}, 60_000);

it('each stored one is shown again', async () => {
  let at: string | null = null;
  let shown = 0;
  do {
    const query: string = at === null ? '' : `&cursor=${at}`;
    const { status, body } = await server.get(`/alerts?limit=200${query}`);
    expect(status).toBe(200);
    shown += body.items.length;
    at = body.nextCursor;
  } while (at !== null);
  expect(shown).toBe(await server.count());
});
