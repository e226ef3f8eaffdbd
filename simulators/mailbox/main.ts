import { startMailbox } from './index.ts';
import { readOptions, usage } from './options.ts';

/** Runs the mailbox until it is told to stop. */
async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') return console.log(usage);
  const { url, smtpPort, close } = await startMailbox(options);
  console.log(`mailbox takes mail on smtp://${options.host}:${smtpPort} and shows it on ${url}`);
  const stop = (): void => {
    close().then(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
