import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { sabotaged, sabotages } from './list.ts';

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
});
