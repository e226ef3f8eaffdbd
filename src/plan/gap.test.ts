import { expect, it } from 'vitest';
import { gapInWords } from './gap.ts';

const alert = (n: number) => ({ title: `Odd ${n}`, externalId: `evt-${n}` });

it.each([
  [1, [1], 'Missing before this note, because the PSA refused it: Odd 1 (evt-1).'],
  [2, [1, 2], 'Missing before this note, because the PSA refused them: Odd 1 (evt-1), Odd 2 (evt-2).'],
  [
    1_203,
    [1, 2, 3],
    'Missing before this note, because the PSA refused them: Odd 1 (evt-1), Odd 2 (evt-2), Odd 3 (evt-3) and 1,200 more.',
  ],
])('%d missing', (missing, named, words) => {
  expect(gapInWords({ missing, named: named.map(alert) })).toBe(words);
});

it('the text of an alert stays one short line', () => {
  const words = gapInWords({
    missing: 1,
    named: [{ title: `a\nb${'x'.repeat(500)}`, externalId: '\u0007' }],
  });
  expect(words).not.toMatch(/\p{Cc}/u);
  expect(words.length).toBeLessThan(260);
});
