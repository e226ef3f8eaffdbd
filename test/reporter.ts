import type { Reporter, TestCase, TestModule } from 'vitest/node';
import { promiseTests } from './promises/catalogue.ts';

/**
 * Ends a run with one plain line that people and scripts can read: `N passed, N failed, N skipped`. Before it, how to run
 * each test that was skipped because it belongs to the nightly tier.
 */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0, pending: 0 };
    const nightly: string[] = [];
    for (const module of modules) {
      if (module.errors().length > 0) count.failed += module.errors().length;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        count[state] += 1;
        if (state === 'skipped') nightly.push(...nightlyIdOf(test));
      }
    }
    for (const id of nightly) console.log(`NOT RUN: ${id} takes long. npm run test:nightly -- --only ${id}`);
    const skipped = count.skipped + count.pending;
    console.log(`${count.passed} passed, ${count.failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  }
}

/** The id of a promise test that runs in the nightly tier only. */
const nightlyIdOf = ({ name }: TestCase): string[] =>
  promiseTests.filter(({ id, pr }) => pr === 0 && name.startsWith(`${id}:`)).map(({ id }) => id);
