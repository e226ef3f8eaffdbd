/** What decides has no clock, no chance and no timer of its own: they come in as arguments, or the simulation lies. */
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

const deciding = [
  'src/deliver/{step,timing,changes,outcomes,permit,ticketLife,wayOut,throttle}.ts',
  'src/plan/**/*.ts',
  'test/simulation/{calls,chance,gate,journal,lease,life,loop,process,psa,round,rows,verdict,world}.ts',
];
const forbidden =
  /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bset(Timeout|Interval|Immediate)\b|\bperformance\.|\brandomUUID\b|\bgetRandomValues\b|\bprocess\.(env|hrtime|nextTick|uptime)\b|\bfetch\(|import[^;]*\brandom\w+[^;]*'node:crypto'|'node:(timers|net|http|fs)/g;

const impureIn = (source: string): string[] => source.match(forbidden) ?? [];

describe('code that decides', () => {
  const files = globSync(deciding, { cwd: root }).filter((file) => !file.endsWith('.test.ts'));

  it('is where it is expected', () => {
    expect(files.length).toBeGreaterThan(30);
  });

  it.each(files)('has no clock, chance or timer of its own: %s', (file) => {
    expect(impureIn(readFileSync(root + file, 'utf8'))).toEqual([]);
  });
});

it.each([
  'const at = Date.now();',
  'const at = new Date();',
  'const wait = Math.random() * 5;',
  'setTimeout(run, 5);',
  "import { createHmac, randomBytes } from 'node:crypto';",
  "import { setTimeout } from 'node:timers/promises';",
  'const at = performance.now();',
])('the check sees: %s', (source) => {
  expect(impureIn(source)).not.toEqual([]);
});

it.each(["import { createHmac } from 'node:crypto';", 'const at = new Date(now);', 'make(work.randomBytes)'])(
  'the check allows: %s',
  (source) => {
    expect(impureIn(source)).toEqual([]);
  },
);
