import { describe, expect, it } from 'vitest';
import { batchLimit, formatNames, formats, parseBatch } from './formats.ts';

const now = new Date('2026-11-20T12:00:00Z');
const good = (n: number) => ({ source: 'edr', externalId: `e${n}`, title: 't', severity: 'low' });
const many = (count: number) => Array.from({ length: count }, (_, n) => good(n));
const parse = (value: unknown) => parseBatch(formats.native, value, { now });

describe('a request of several alerts (I-23)', () => {
  it.each([
    [0, { ok: false, status: 400, code: 'emptyBatch' }],
    [batchLimit + 1, { ok: false, status: 413, code: 'tooManyAlerts' }],
  ])('%i alerts are refused as one', (count, expected) => {
    expect(parse(many(count))).toMatchObject(expected);
  });

  it.each([1, batchLimit])('%i alerts get an answer each', (count) => {
    const result = parse(many(count));
    expect(result.ok && [result.single, result.results.length]).toEqual([false, count]);
    expect(result.ok && result.results.every(({ ok }) => ok)).toBe(true);
  });

  it('one bad alert spoils no other, and the order stays', () => {
    const result = parse([good(1), { ...good(2), title: 5 }, null, good(3), good(1)]);
    const told = result.ok
      ? result.results.map((one) => (one.ok ? one.alert.externalId : `refused ${one.externalId}`))
      : [];
    expect(told).toEqual(['e1', 'refused e2', 'refused undefined', 'e3', 'e1']);
  });

  it('all of them can be bad', () => {
    const result = parse(Array(batchLimit).fill({}));
    expect(result.ok && result.results.every(({ ok }) => !ok)).toBe(true);
  });

  it('one alert outside a list stands alone', () => {
    expect(parse(good(1))).toMatchObject({ ok: true, single: true });
    expect(parse([good(1)])).toMatchObject({ ok: true, single: false });
  });
});

describe.each(formatNames)('%s', (name) => {
  it.each([null, 1, 'x', true, JSON.rawJSON('-0')])('%j is refused, not thrown', (value) => {
    expect(parseBatch(formats[name], value, { now })).toMatchObject({
      ok: true,
      single: true,
      results: [{ ok: false, errors: [{ field: '', code: 'invalidType' }] }],
    });
  });

  it('an object without its id names the vendor’s member', () => {
    const [refusal] = formats[name].parse({}, { now });
    expect(refusal).toMatchObject({ ok: false });
    const field = refusal && !refusal.ok ? refusal.errors[0]?.field : '';
    const expected = { ocsf: 'class_uid', saasalerts: 'eventId', alertmanager: 'fingerprint' };
    expect(field).toBe(expected[name as keyof typeof expected] ?? 'id');
  });

  it('carries its name', () => {
    expect(formats[name].name).toBe(name);
  });
});
