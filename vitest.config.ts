import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { compileCache } from './test/compileCache.ts';
import { sabotagePlugins } from './test/harness/sabotage/plugin.ts';
import { MixedOrder } from './test/mixedOrder.ts';

// Heralds are started hundreds of times; whoever looks at coverage sets NODE_DISABLE_COMPILE_CACHE.
process.env.NODE_COMPILE_CACHE ??= compileCache;

/** As bin/herald starts Node: no prototype is reached by a name in a text (ASVS 1.5.2). */
const execArgv = ['--disable-proto=delete'];

/** Most of these tests wait for other processes, so that each core has room for more than one; at least two at once. */
const waiting = {
  maxWorkers: Math.max(2, Math.floor(availableParallelism() / 2)),
  sequence: { groupOrder: 1 },
};

/**
 * Four projects, by what they need: `fast` runs pure code and single servers in this process, `store` needs a
 * PostgreSQL, `service` starts the whole product as processes, `browser`
 * looks at the screens in Chromium. `npm test` runs them all: `fast` first, then the others by turns.
 */
export default defineConfig({
  test: {
    reporters: ['default', './test/reporter.ts'],
    sequence: { sequencer: MixedOrder },
    projects: [
      {
        plugins: sabotagePlugins(),
        test: {
          name: 'fast',
          execArgv,
          include: ['src/**/*.test.ts', 'simulators/**/*.test.ts', 'test/**/*.test.ts', 'web/**/*.test.ts'],
          exclude: [
            '**/*.store.test.ts',
            '**/*.service.test.ts',
            '**/*.browser.test.ts',
            '**/node_modules/**',
          ],
        },
      },
      {
        plugins: sabotagePlugins(),
        test: {
          name: 'store',
          execArgv,
          include: ['src/**/*.store.test.ts', 'test/**/*.store.test.ts'],
          globalSetup: './test/database.ts',
          testTimeout: 30_000,
          hookTimeout: 60_000,
          ...waiting,
        },
      },
      {
        test: {
          name: 'service',
          include: ['src/**/*.service.test.ts', 'test/**/*.service.test.ts'],
          globalSetup: './test/compileCache.ts',
          testTimeout: 300_000,
          hookTimeout: 60_000,
          ...waiting,
        },
      },
      {
        test: {
          name: 'browser',
          execArgv,
          include: ['test/browser/**/*.browser.test.ts'],
          globalSetup: './test/database.ts',
          testTimeout: 60_000,
          hookTimeout: 60_000,
          ...waiting,
        },
      },
    ],
  },
});
