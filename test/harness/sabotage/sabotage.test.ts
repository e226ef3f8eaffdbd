import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { sabotageNamed, sabotages } from './list.ts';
import { sabotaged, withoutGuard } from './sabotage.ts';
import { shownBy } from './verdict.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

describe('a sabotage', () => {
  it.each(sabotages)('finds its guard where it is: $name', ({ changes, test }) => {
    expect(existsSync(root + test)).toBe(true);
    for (const change of changes) {
      const source = readFileSync(root + change.file, 'utf8');
      expect(sabotaged(source, change)).not.toBe(source);
    }
  });

  it('is refused when its guard is gone or there twice', () => {
    const change = { file: 'x.ts', find: 'guard();', replace: '' };
    expect(() => sabotaged('', change)).toThrow('0 times');
    expect(() => sabotaged('guard(); guard();', change)).toThrow('2 times');
  });

  it('changes its own files only', () => {
    const sabotage = sabotageNamed('look-up without waiting for W');
    const path = `${root}src/deliver/step.ts`;
    const source = readFileSync(path, 'utf8');
    expect(withoutGuard(sabotage, path, () => source)).toContain('const isSettled = true;');
    expect(withoutGuard(sabotage, `${root}src/deliver/send.ts`, () => source)).toBeUndefined();
    expect(() => sabotageNamed('no such')).toThrow('no sabotage "no such"');
  });
});

describe('the verdict on a run', () => {
  const figuresOf = (id: string, lost: number) => `${id}: lost ${lost} duplicated 0 misordered 0 seed 7`;
  const failureOf = (id: string) => `\nError: ${figuresOf(id, 1)}\n1 findings:\nx is lost\n ❯ conclude\n`;

  it('is the line of a promise test, with its findings', () => {
    expect(shownBy(`${figuresOf('A1', 0)}\n1 passed, 0 failed\n`, /lost [1-9]/)).toEqual({
      line: figuresOf('A1', 0),
      findings: '',
      isRed: false,
    });
    const output = `${figuresOf('A1', 0)}\n${failureOf('G1')}${failureOf('G2')}0 passed, 2 failed\n`;
    const red = { line: figuresOf('G2', 1), findings: 'x is lost', isRed: true };
    expect(shownBy(output, /^G2: lost [1-9]/)).toEqual(red);
    expect(shownBy(output, /^G3/).line).toBe(figuresOf('G1', 1));
  });

  it('names the tests that failed where there is no such line', () => {
    const fail = (name: string) => ` FAIL  |store| src/a.store.test.ts > ${name}\nError: no\n`;
    const output = `${fail('a > b')}${fail('c')}${fail('c')}3 passed, 2 failed\n`;
    expect(shownBy(output, /./)).toMatchObject({ line: '2 failed: a > b; c', isRed: true });
    expect(shownBy('3 passed, 0 failed\n', /./)).toMatchObject({ line: '3 passed, 0 failed', isRed: false });
    expect(shownBy('Error: the runner broke', /./)).toMatchObject({ line: '1 failed: ', isRed: true });
  });
});
