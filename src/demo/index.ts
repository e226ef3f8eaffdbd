/**
 * The demo: a simulated PSA, a mailbox, Herald with an embedded database, a workspace set up over the REST API, and sample
 * alerts that flow until one has seen enough. Everything it starts ends with it. Killed outright (kill -9), what is simulated
 * ends by itself; PostgreSQL stays idle until the next demo ends it and removes its data.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { destination, pino } from 'pino';
import { Agent, fetch as request } from 'undici';
import { createClient, type Fetcher } from '../cli/client.ts';
import { createStop, type Stop } from '../cli/stop.ts';
import { readConfig } from '../config.ts';
import { StartupError } from '../errors.ts';
import { type Herald, startHerald } from '../main.ts';
import { countsInWords } from './counts.ts';
import { type DataDirectory, openDirectory } from './directory.ts';
import { runFlow } from './flow.ts';
import { header } from './header.ts';
import { mailbox } from './mailbox.ts';
import { freePort } from './ports.ts';
import { createScreen, type Screen } from './screen.ts';
import { seed } from './seed.ts';
import { simulatedPsa } from './simulatedPsa.ts';
import { type Simulator, startSimulator } from './simulator.ts';

export interface DemoOptions {
  /** Alerts per second. */
  rate: number;
  /** Ends after so many. */
  count?: number;
  /** Keeps the data here. */
  keep?: string;
}

const heraldPort = 8080;
/** Herald waits at most 25 s for calls under way. */
const mostCloseMs = 45_000;

/** Runs until told to stop, or until `count` alerts have come to their end; then ends the process. */
export async function runDemo(options: DemoOptions): Promise<void> {
  const screen = createScreen(process.stdout, process.env);
  const stop = createStop();
  // Nobody reads any more, as with `| head`.
  process.stdout.on('error', () => stop.now());
  let failure: unknown;
  const fail = (error: unknown) => {
    // What breaks off because of the stop is no failure.
    if (stop.abort.aborted) return;
    failure = error;
    stop.now();
  };
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  const undo: (() => Promise<void>)[] = [];
  try {
    await run(options, screen, stop, undo);
  } catch (error) {
    fail(error);
  } finally {
    screen.end();
    await endAll(undo, screen, stop);
  }
  if (failure !== undefined) throw failure;
  process.exit(0);
}

async function run(
  { rate, count, keep }: DemoOptions,
  screen: Screen,
  stop: Stop,
  undo: (() => Promise<void>)[],
): Promise<void> {
  const directory = await openDirectory(keep);
  undo.push(directory.remove);
  const simulator = await startDemoSimulator(directory);
  undo.push(simulator.stop);
  const apiKey = `demo-${randomBytes(24).toString('base64url')}`;
  const mail = await startMailbox();
  undo.push(mail.stop);
  const { herald, url } = await startOnFreePort({ directory, simulator, mail, apiKey });
  undo.push(herald.close);
  screen.print(
    ...header(
      { url, apiKey, simulator, mail, directory: directory.path, isKept: keep !== undefined },
      screen,
    ),
  );
  if (stop.abort.aborted) return;

  // Our own connections end before Herald does, which waits for requests under way.
  const agent = new Agent();
  undo.push(() => agent.destroy());
  const fetcher: Fetcher = (address, init) => request(address, { ...init, dispatcher: agent });
  const client = createClient({ url, key: apiKey }, fetcher);
  screen.print('', 'Setting up over the REST API:');
  const report = (what: string, came: string) => {
    if (!stop.abort.aborted) screen.print(`  ${what.padEnd(14)}  ${came}`);
  };
  await Promise.race([seed(client, report), stop.asked]);
  if (stop.abort.aborted) return;
  screen.print('', `Alerts flow now, ${rate} per second.`, '');
  const linkOf = (ticketId: string, link: string) =>
    link.startsWith(simulator.url) ? simulatedPsa.ticketPage(simulator.url, ticketId) : link;
  const counts = await runFlow({ client, screen, rate, count, abort: stop.abort, linkOf });
  screen.print('', countsInWords(counts));
}

async function startDemoSimulator({ path }: DataDirectory): Promise<Simulator> {
  await mkdir(path, { recursive: true });
  const sample = join(path, 'companies.json');
  await writeFile(sample, JSON.stringify(simulatedPsa.sample, null, 2));
  const port = await freePort(simulatedPsa.port);
  return startSimulator(simulatedPsa, ['--port', String(port), '--sample', sample, ...simulatedPsa.flags]);
}

interface StartedMailbox extends Simulator {
  smtpPort: number;
}

async function startMailbox(): Promise<StartedMailbox> {
  const [port, smtpPort] = [await freePort(mailbox.port), await freePort(mailbox.smtpPort)];
  const started = await startSimulator(mailbox, ['--port', String(port), '--smtp-port', String(smtpPort)]);
  return { ...started, smtpPort };
}

interface Surroundings {
  directory: DataDirectory;
  simulator: Simulator;
  mail: StartedMailbox;
  apiKey: string;
}

/** Another process may take the port between our look and our use: then the next free one. */
const mostTries = 3;

async function startOnFreePort(surroundings: Surroundings): Promise<{ herald: Herald; url: string }> {
  const log = pino(destination({ dest: join(surroundings.directory.path, 'herald.log'), sync: false }));
  for (let tries = 1; ; tries++) {
    const port = await freePort(tries === 1 ? heraldPort : 0);
    try {
      const herald = await startHerald(readConfig(environment(surroundings, port)), {
        log,
        demo: { psaUrl: surroundings.simulator.url, mailUrl: surroundings.mail.url },
      });
      return { herald, url: `http://127.0.0.1:${port}` };
    } catch (error) {
      const isTaken = error instanceof StartupError && error.message.startsWith(`Port ${port} is taken`);
      if (!isTaken || tries === mostTries) throw error;
    }
  }
}

/** Only what the demo needs: whatever is set around it must not lead it to a real database, PSA or mail server. */
function environment(
  { directory, simulator, mail, apiKey }: Surroundings,
  port: number,
): Record<string, string> {
  return {
    HERALD_DATA_DIR: directory.path,
    HERALD_PORT: String(port),
    HERALD_API_KEY: apiKey,
    HERALD_OUTBOUND_ALLOW: '127.0.0.1',
    HERALD_SMTP_URL: `smtp://127.0.0.1:${mail.smtpPort}`,
    HERALD_MAIL_FROM: mailbox.from,
    HERALD_PSA_URLS: `${simulatedPsa.kind}=${simulatedPsa.serviceUrl(simulator.url)}`,
  };
}

/** Last begun, first ended: Herald finishes its calls before the simulator goes. */
async function endAll(undo: (() => Promise<void>)[], screen: Screen, stop: Stop): Promise<void> {
  if (stop.signal) screen.print('', 'Ending: calls under way are finished first.');
  const timer = setTimeout(() => {
    screen.print('Herald did not end in time and is ended now.');
    process.exit(1);
  }, mostCloseMs);
  for (const step of undo.splice(0).reverse()) await step();
  clearTimeout(timer);
  screen.print('Ended. Nothing runs any more.');
}
