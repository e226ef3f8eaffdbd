import { expect, it } from 'vitest';
import { type Figure, report } from '../../bench/report.ts';

const barOf = (figure: Pick<Figure, 'values' | 'most' | 'least' | 'digits'>): string | undefined => {
  const page = report('a machine', [{ name: 'Figure', unit: 's', ...figure }]);
  const row = page.split('\n').find((line) => line.startsWith('| Figure |'));
  return row?.split(' | ').at(-1)?.replace(/ ?\|$/, '');
};

it.each([
  ['nothing is asked', { values: [5] }, ''],
  ['it holds', { values: [2_999, 9_000, 3_000], most: 3_000 }, '≤ 3,000'],
  ['too much', { values: [3_001], most: 3_000 }, '≤ 3,000 **missed**'],
  ['too little', { values: [2_328, 2_294, 2_453], least: 3_000 }, '≥ 3,000 **missed**'],
  ['exact', { values: [1.0001], most: 1, least: 1, digits: 3 }, '1.0'],
  ['not exact', { values: [1.001], most: 1, least: 1, digits: 3 }, '1.0 **missed**'],
  ['a part of one', { values: [0.039], most: 0.1, digits: 3 }, '≤ 0.1'],
])('the bar of a figure says whether it was missed: %s', (_, figure, words) => {
  expect(barOf(figure)).toBe(words);
});
