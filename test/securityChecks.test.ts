/** docs/security-checks.md names tests that are there: a row whose test was renamed or removed is found here. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');

interface Row {
  numbers: readonly string[];
  does: string;
  /** What stands in place of a test, or beside one. */
  words: readonly string[];
  tests: readonly { file: string; title: string }[];
}

/** The rows of the table of the page. */
function rowsOf(page: string): Row[] {
  const lines = page.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) => {
    const [, numbers = '', does = '', checks = '', ...more] = line.split('|').map((cell) => cell.trim());
    if (more.length !== 1) throw new Error(`This row has not three cells: ${line}`);
    const parts = checks.split('<br>').map((part) => /^`([^`]+)` › (.+)$/.exec(part) ?? part);
    return {
      numbers: numbers.split(', '),
      does,
      words: parts.filter((part) => typeof part === 'string'),
      tests: parts
        .filter((part) => typeof part !== 'string')
        .map(([, file = '', title = '']) => ({ file, title })),
    };
  });
}

/** Whether a text of a file has a test, or a group of them, of this title that is not skipped for good. */
function hasTest(text: string, title: string): boolean {
  const quoted = title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/['"`]/g, '\\\\?$&');
  return new RegExp(`(?<!\\.(?:skip|todo))\\(\\s*(['"\`])${quoted}\\1\\s*,`).test(text);
}

const rows = rowsOf(readFileSync(join(root, 'docs/security-checks.md'), 'utf8'));

describe('the page of security checks', () => {
  it('has the items that Herald owes, each once', () => {
    const numbers = rows.flatMap((row) => row.numbers);
    expect(numbers.length).toBeGreaterThan(100);
    expect(numbers.filter((one) => !/^(\d+\.\d+\.\d+(–\d+\.\d+\.\d+)?|API\d+)$/.test(one))).toEqual([]);
    expect(numbers.filter((one, n) => numbers.indexOf(one) !== n)).toEqual([]);
  });

  it.each(rows)('$numbers is shown by a test, or says why not', ({ does, tests, words }) => {
    expect(does).not.toBe('');
    expect(tests.length + words.length).toBeGreaterThan(0);
    expect(words.filter((text) => !/^(Not built: |No check yet\b)/.test(text))).toEqual([]);
  });

  const named = rows.flatMap(({ numbers, tests }) => tests.map((test) => ({ numbers, ...test })));

  it.each(named)('$numbers: $file has “$title”', ({ file, title }) => {
    expect(existsSync(join(root, file)), `${file} is not there`).toBe(true);
    expect(file).toMatch(/\.test\.ts$/);
    expect(hasTest(readFileSync(join(root, file), 'utf8'), title), `${file} has no “${title}”`).toBe(true);
  });
});

describe('a title is found', () => {
  it.each([
    ["it('is right', () => {", true],
    ['it.each([1, 2])("is right", (n) => {', true],
    ["it.each([\n  ['a'],\n])(\n  'is right', async () => {", true],
    ["describe.skipIf(!hasBrowser)('is right', () => {", true],
    ["it.skip('is right', () => {", false],
    ["it.todo('is right', () => {", false],
    ["it('is right, and more', () => {", false],
    ["// 'is right',", false],
  ])('in %j: %s', (text, isThere) => {
    expect(hasTest(text, 'is right')).toBe(isThere);
  });
});
