import { startMailbox } from './index.ts';
import { readOptions, usage } from './options.ts';

/** Runs the mailbox until it is told to stop. */
async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') return console.log(usage);
  const { url, smtpPort, close } = await startMailbox(options);
  const stop = (): void => {
    close().then(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  // Last: whoever reads it may stop it at once.
  console.log(`mailbox takes mail on smtp://${options.host}:${smtpPort} and shows it on ${url}`);
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
