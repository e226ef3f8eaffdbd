/** No expression of ours takes long for a text that was made for it (ASVS 1.2.9, promise I-17); operators write none. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { check } from 'recheck';
import { parseAst } from 'vite';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');

interface Expression {
  file: string;
  pattern: string;
  flags: string;
}

/** Those that stand in a file of the product; `new RegExp` is none of them. */
function expressionsOf(file: string): Expression[] {
  const found: Expression[] = [];
  JSON.stringify(
    parseAst(readFileSync(join(root, file), 'utf8'), { lang: file.endsWith('x') ? 'tsx' : 'ts' }),
    (_key, value) => {
      if (value?.regex) found.push({ file, ...value.regex });
      return typeof value === 'bigint' || value instanceof RegExp ? undefined : value;
    },
  );
  return found;
}

/** They read what we wrote ourselves. */
const readOurOwn = [
  'src/demo/simulator.ts',
  'src/demo/story.ts',
  'src/db/embedded/postmaster.ts',
  'src/db/migrate.ts',
  'src/mail/layout/source.ts',
];

const expressions = globSync(['src/**/*.ts', 'web/src/**/*.{ts,tsx}'], { cwd: root })
  .filter((file) => !readOurOwn.includes(file) && !/\.test\.tsx?$|\/(fixtures|testing)\//.test(file))
  .flatMap(expressionsOf);
const patterns = [...Map.groupBy(expressions, ({ pattern, flags }) => `/${pattern}/${flags}`)];

it('there are expressions to look at', () => {
  expect(patterns.length).toBeGreaterThan(100);
});

it.each(patterns)('%s takes no longer for bad text', async (_name, [one]) => {
  const { pattern, flags, file } = one as Expression;
  const found = await check(pattern, flags, { timeout: 20_000 });
  const attack = found.status === 'vulnerable' ? found.attack.pattern : undefined;
  expect({ file, status: found.status, attack }).toEqual({ file, status: 'safe', attack: undefined });
});

it('one that does would be found', async () => {
  expect((await check('^(a+)+$', '')).status).toBe('vulnerable');
});
