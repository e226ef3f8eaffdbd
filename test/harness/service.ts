/** Herald as the operator runs it: `node bin/herald serve` in processes of their own, killed and started again at will. */
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { simulatorCredentials } from '../support/steps.ts';
import { type CrashAt, crashArgs, crashEnvironment } from './crash/at.ts';
import type { HarnessDatabase } from './database.ts';
import { type Deed, deedVariable, hostArgs } from './host/deeds.ts';
import { root, type Started, startNode, temporaryDir } from './processes.ts';
import type { Simulator } from './simulator.ts';

export type Role = 'all' | 'api' | 'worker';

export const apiKey = 'harness-key-0123456789-0123456789-0123456789';
export const secretKey = 'harness-master-key-0123456789-0123456789-0123';

export interface ServiceOptions {
  /** Undefined: it brings its own, and its own key file. */
  database: Pick<HarnessDatabase, 'url'> | undefined;
  simulator: Simulator;
  /** `HERALD_SETTLE_SECONDS`: W of this run. */
  settleSeconds: number;
  /** `HERALD_DATA_DIR`; a directory of its own if left out. */
  dataDir?: string;
  /** A command of the shell through which it is started ({@link startNode}). */
  through?: string;
  /** Another `bin/herald` than the one at hand: that of a release. */
  program?: string;
  /** What can befall its host is prepared ({@link Instance.suffer}). */
  suffers?: boolean;
  /** The port of a mail server on this machine; without it, there is none. */
  smtpPort?: number;
}

/** One place in the deployment: it keeps its role and its port over all restarts. */
export interface Instance {
  readonly role: Role;
  /** The address of its API; a worker has none. */
  readonly url: string | undefined;
  readonly isReady: boolean;
  /** How long each start took until it was ready, in milliseconds. */
  readonly startsMs: readonly number[];
  /** Goes with the test run. */
  readonly dataDir: string;
  /** The process that runs now. */
  readonly pid: number | undefined;
  /** Starts it; with `at`, so that it ends or stops at a crash point. @throws Error when it ends before it is ready */
  start(at?: CrashAt): Promise<void>;
  /** kill -9, or a request to end in order; resolves when the process has ended. */
  stop(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  /** How the process that runs now ends: an exit code or the name of a signal. */
  ended(): Promise<number | string>;
  /** Lets this befall the process that runs now. */
  suffer(deed: Deed): Promise<void>;
  /** Lines of its log that hold a secret. */
  readonly leaks: readonly string[];
}

export async function createInstance(role: Role, options: ServiceOptions): Promise<Instance> {
  const port = role === 'worker' ? undefined : await freePort();
  const dataDir = options.dataDir ?? (await temporaryDir('data'));
  const startsMs: number[] = [];
  const leaks: string[] = [];
  let current: Started | undefined;

  const hear = (line: string) => {
    if (secrets.some((secret) => line.includes(secret))) leaks.push(line);
    if (process.env.PROMISES_LOG) console.error(`${role} ${line}`);
  };

  return {
    role,
    url: port === undefined ? undefined : `http://127.0.0.1:${port}`,
    dataDir,
    startsMs,
    leaks,
    get isReady() {
      return current !== undefined && !current.hasEnded;
    },
    get pid() {
      return current?.pid;
    },
    async start(at) {
      const began = performance.now();
      current = await startNode({
        name: `herald serve (${role})`,
        args: [
          ...sabotageArgs(),
          ...crashArgs(at),
          ...(options.suffers ? hostArgs : []),
          options.program ?? `${root}bin/herald`,
          'serve',
          ...(role === 'all' ? [] : ['--role', role]),
        ],
        env: {
          ...environment(options, dataDir, port),
          ...crashEnvironment(at),
          [deedVariable]: join(dataDir, 'deed'),
        },
        through: options.through,
        ready: /Herald (is ready|works)/,
        onLine: hear,
      });
      startsMs.push(performance.now() - began);
    },
    async ended() {
      if (!current) throw new Error(`${role} does not run`);
      return current.ended;
    },
    async suffer(deed) {
      if (!options.suffers || current === undefined) throw new Error(`${role} cannot suffer`);
      await writeFile(join(dataDir, 'deed'), JSON.stringify(deed));
      process.kill(current.pid, 'SIGUSR2');
    },
    async stop(signal) {
      const ending = current;
      current = undefined;
      await ending?.end(signal);
    },
  };
}

/** What must not be seen anywhere. */
export const secrets = [apiKey, secretKey, simulatorCredentials.secret, simulatorCredentials.integrationCode];

function environment(
  { database, simulator, settleSeconds, smtpPort }: ServiceOptions,
  dataDir: string,
  port: number | undefined,
): Record<string, string> {
  return {
    ...(database && { DATABASE_URL: database.url, HERALD_SECRET_KEY: secretKey }),
    HERALD_API_KEY: apiKey,
    HERALD_DATA_DIR: dataDir,
    HERALD_PORT: String(port ?? 0),
    HERALD_PSA_URLS: simulator.psaUrls,
    HERALD_OUTBOUND_ALLOW: '127.0.0.1',
    HERALD_SETTLE_SECONDS: String(settleSeconds),
    ...(smtpPort && {
      HERALD_SMTP_URL: `smtp://127.0.0.1:${smtpPort}`,
      HERALD_MAIL_FROM: 'herald@msp.example',
    }),
    LOG_LEVEL: process.env.PROMISES_LOG ?? 'warn',
    ...(process.env.HERALD_SABOTAGE && { HERALD_SABOTAGE: process.env.HERALD_SABOTAGE }),
  };
}

/** A sabotaged run loads the product through the hook that turns one guard off. */
export const sabotageArgs = (): string[] =>
  process.env.HERALD_SABOTAGE ? ['--import', `${root}test/harness/sabotage/register.ts`] : [];

/** A port that nobody listens on now. Its instance keeps it, so that senders find it again. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
