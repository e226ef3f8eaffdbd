import { describe, expect, it } from 'vitest';
import { stringify } from '../intake/index.ts';
import { readRecords, toBatches } from './readAlerts.ts';

describe('the records of a file', () => {
  it.each([
    ['an array', '[{"a":1},{"a":2}]', 2],
    ['one object over several lines', '{\n"a": 1\n}', 1],
    ['one object per line', '{"a":1}\n{"a":2}\r\n\n{"a":3}\n', 3],
    ['a byte order mark before it', '\uFEFF[{"a":1}]', 1],
    ['an empty array', '[]', 0],
  ])('%s', (_what, text, count) => {
    expect(readRecords(text)).toHaveLength(count);
  });

  it('keep numbers as they are written', () => {
    const text = '{"n":12345678901234567890,"m":1.10}';
    expect(stringify(readRecords(text)[0])).toBe(text);
  });

  it.each([
    ['', 'The file is empty'],
    [' \n', 'The file is empty'],
    ['{"a":1}\n{"a":', 'Line 2 is not JSON'],
    ['hello', 'Line 1 is not JSON'],
  ])('%j is refused', (text, words) => {
    expect(() => readRecords(text)).toThrow(words);
  });
});

describe('batches', () => {
  const alerts = (count: number) => Array.from({ length: count }, (_, n) => ({ externalId: `${n}` }));

  it('hold at most 500 records, in order', () => {
    const batches = toBatches(alerts(1_001), 'native');
    expect(batches.map(({ records }) => records)).toEqual([500, 500, 1]);
    expect(JSON.parse(batches[2]!.text)).toEqual([{ externalId: '1000' }]);
  });

  it('hold fewer when that is wished, never more', () => {
    expect(toBatches(alerts(5), 'native', 2).map(({ records }) => records)).toEqual([2, 2, 1]);
    expect(toBatches(alerts(501), 'native', 9_999)).toHaveLength(2);
  });

  it('stay far below the size of a request', () => {
    const large = Array.from({ length: 5 }, () => ({ description: 'x'.repeat(1_500_000) }));
    expect(toBatches(large, 'native').map(({ records }) => records)).toEqual([2, 2, 1]);
  });

  it.each([
    ['graph', { value: [{ id: 'a' }, { id: 'b' }] }],
    ['alertmanager', { alerts: [{ fingerprint: 'a' }, { fingerprint: 'b' }] }],
  ] as const)('an envelope of %s is a request of its own', (format, envelope) => {
    const batches = toBatches([{ id: 'x' }, envelope, { id: 'y' }], format);
    expect(batches.map(({ records }) => records)).toEqual([1, 2, 1]);
    expect(JSON.parse(batches[1]!.text)).toEqual(envelope);
  });

  it('none for no records', () => {
    expect(toBatches([], 'native')).toEqual([]);
  });
});
