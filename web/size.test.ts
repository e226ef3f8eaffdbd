/** What a browser loads before it shows anything stays small (the bar is the product's own: 250 kB). */
import { gzipSync } from 'node:zlib';
import { build, type Rolldown } from 'vite';
import { expect, it } from 'vitest';

const mostBytes = 250_000;

// As `npm run build` has it; otherwise React brings what it has for development.
process.env.NODE_ENV = 'production';

it('the first page loads at most 250 kB of compressed JavaScript', async () => {
  const built = (await build({
    configFile: `${import.meta.dirname}/vite.config.ts`,
    logLevel: 'silent',
    build: { write: false },
  })) as Rolldown.RolldownOutput;
  const chunks = new Map(
    built.output.flatMap((file) => (file.type === 'chunk' ? [[file.fileName, file] as const] : [])),
  );
  const initial = new Set<string>();
  const load = (name: string): void => {
    if (initial.has(name)) return;
    initial.add(name);
    for (const next of chunks.get(name)?.imports ?? []) load(next);
  };
  for (const [name, chunk] of chunks) if (chunk.isEntry) load(name);
  const bytes = [...initial].reduce((sum, name) => sum + gzipSync(chunks.get(name)?.code ?? '').length, 0);
  console.log(`initial JavaScript: ${Math.round(bytes / 1_000)} kB compressed`);
  expect(bytes).toBeGreaterThan(10_000);
  expect(bytes).toBeLessThanOrEqual(mostBytes);
}, 60_000);
