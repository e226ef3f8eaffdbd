import { expect, it } from 'vitest';
import { type Figure, withPart } from '../../bench/report.ts';

const titles = ['Start', 'Intake', 'Memory'];

const write = (before: string, title: string, figure: Figure): string =>
  withPart(before, titles, { title, machine: 'a machine', figures: [figure] });

const barOf = (figure: Pick<Figure, 'values' | 'most' | 'least' | 'digits'>): string | undefined => {
  const page = write('', 'Intake', { name: 'Figure', unit: 's', ...figure });
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

it('a part that is measured anew leaves the others as they are, in their order', () => {
  const memory = write('', 'Memory', { name: 'Resident', unit: 'MB', values: [254] });
  const both = write(memory, 'Start', { name: 'Ready', unit: 'ms', values: [900] });
  const again = write(both, 'Start', { name: 'Ready', unit: 'ms', values: [800] });
  expect(again.match(/^## .*$/gm)).toEqual(['## Start', '## Memory', '## Notes']);
  expect(again).toContain('| Ready | 800 ms |');
  expect(again).not.toContain('900 ms');
  expect(again).toContain('| Resident | 254 MB |');
  expect(write(again, 'Start', { name: 'Ready', unit: 'ms', values: [800] })).toBe(again);
});
