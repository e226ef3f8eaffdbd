import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyLine, makeMarker, noteKey } from './markers.ts';

const bytes = (...values: number[]) => makeMarker(() => Uint8Array.from(values));

describe('markers (promises §2.1)', () => {
  it.each([
    ['A-22222222', [0, 0, 0, 0, 0]],
    ['A-ZZZZZZZZ', [255, 255, 255, 255, 255]],
    ['A-22222223', [0, 0, 0, 0, 1]],
    ['A-3222222Z', [8, 0, 0, 0, 31]],
  ])('is %s for these 40 bits', (marker, values) => {
    expect(bytes(...values)).toBe(marker);
  });

  it('asks for 40 bits', () => {
    const asked: number[] = [];
    makeMarker((count) => {
      asked.push(count);
      return new Uint8Array(count);
    });
    expect(asked).toEqual([5]);
  });

  it('differs wherever the bits differ, without look-alikes', () => {
    const five = fc.uint8Array({ minLength: 5, maxLength: 5 });
    fc.assert(
      fc.property(five, five, (one, other) => {
        expect(bytes(...one)).toMatch(/^A-[2-9A-HJ-NP-Z]{8}$/);
        expect(bytes(...one) === bytes(...other)).toBe(Buffer.compare(one, other) === 0);
      }),
    );
  });

  it('numbers the writes of a group', () => {
    expect(noteKey('A-7K3Q9M2F', 12)).toBe('A-7K3Q9M2F/0012');
    expect(noteKey('A-7K3Q9M2F', 12345)).toBe('A-7K3Q9M2F/12345');
    expect(keyLine('A-7K3Q9M2F/0012')).toBe('ref A-7K3Q9M2F/0012');
  });
});
