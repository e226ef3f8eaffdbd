/** `herald demo`: everything in one, to watch. */

import { positiveNumber, wholeNumber } from './numbers.ts';
import type { Register } from './register.ts';

export const registerDemo: Register = (program) => {
  program
    .command('demo')
    .summary('watch sample alerts become tickets and mails')
    .description(
      'Starts Herald with an embedded database, a simulated PSA and a mailbox, sets up a workspace, and lets sample alerts flow. Nothing has to be configured and nothing is left behind.',
    )
    .option('--rate <n>', 'alerts per second', positiveNumber, 2)
    .option('--count <n>', 'end after so many alerts', wholeNumber(1))
    .option('--keep <dir>', 'keep the data in this directory')
    .action(async (options: { rate: number; count?: number; keep?: string }) => {
      const { runDemo } = await import('../demo/index.ts');
      await runDemo(options);
    });
};
