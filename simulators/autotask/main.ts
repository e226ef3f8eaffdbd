import { startAutotaskSimulator } from './index.ts';
import { readOptions, usage } from './options.ts';

/** Runs the simulator until it is told to stop. */
async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') return console.log(usage);
  const simulator = await startAutotaskSimulator(options);
  const stop = (): void => {
    simulator.close().then(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  // Last: whoever reads it may stop it at once.
  console.log(`autotask simulator on ${simulator.url}`);
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
