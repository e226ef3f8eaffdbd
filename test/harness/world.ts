/** Everything a promise test needs: PostgreSQL, simulator, Herald's processes and a workspace, each apart from the others. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type HarnessDatabase, startDatabase } from './database.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { createSender, type Sender } from './sender.ts';
import { createInstance, type Instance, type Role, type ServiceOptions } from './service.ts';
import { type CredentialsOf, type Customer, setUp, setUpApart } from './setup.ts';
import { type Simulator, startSimulator } from './simulator.ts';
import { makeWorkspace } from './workspace.ts';

export interface World {
  readonly database: HarnessDatabase;
  readonly simulator: Simulator;
  readonly instances: readonly Instance[];
  readonly customers: readonly Customer[];
  readonly ledger: Ledger;
  /** Sends to all instances that have an API. */
  readonly sender: Sender;
  close(): Promise<void>;
}

export interface WorldOptions {
  roles: readonly Role[];
  /** Connections, each with an organization of its own; one if left out. */
  customers?: number;
  /** Each connection is in a workspace of its own, the first one in the default one. */
  isApart?: boolean;
  /** W in seconds; 8 if left out, which gives a call its usual 2 s. */
  settleSeconds?: number;
  /** Switches of the simulator before anything is asked of it. */
  switches?: object;
  /** Of all instances: what they are started through, whether their hosts may misbehave, and their mail server. */
  instances?: Pick<ServiceOptions, 'through' | 'suffers' | 'smtpPort'>;
  /** Logins of the connections; the simulator's own if left out. */
  credentialsOf?: CredentialsOf;
  /** Another entry of `HERALD_PSA_URLS` than the simulator's. */
  psaUrls?: (simulator: Simulator) => Promise<string>;
}

export async function openWorld({
  roles,
  customers = 1,
  isApart = false,
  settleSeconds = 8,
  instances: how,
  switches,
  credentialsOf,
  psaUrls,
}: WorldOptions): Promise<World> {
  const undo: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const [database, simulator] = await Promise.all([startDatabase(), startSimulator()]);
    undo.push(database.stop, simulator.stop);
    if (switches) await simulator.control('POST', 'set', switches);
    const instances: Instance[] = [];
    const reached = psaUrls ? { ...simulator, psaUrls: await psaUrls(simulator) } : simulator;
    for (const role of roles) {
      const instance = await createInstance(role, { ...how, database, simulator: reached, settleSeconds });
      undo.push(() => instance.stop('SIGKILL'));
      // One after the other: the first one migrates.
      await instance.start();
      instances.push(instance);
    }
    const urls = instances.flatMap(({ url }) => url ?? []);
    const ledger = createLedger();
    const url = urls[0] as string;
    const made = await setUp(url, isApart ? 1 : customers, 0, credentialsOf);
    for (let n = made.length + 1; n <= customers; n += 1) {
      const key = await makeWorkspace(database.url, `Workspace ${n}`);
      made.push(await setUpApart(url, n, key, credentialsOf?.(n)));
    }
    return {
      database,
      simulator,
      instances,
      customers: made,
      ledger,
      sender: createSender({ ledger, urls }),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Kills an instance with kill -9 and starts it again; resolves with the milliseconds until it was ready. */
export async function killAndRestart(instance: Instance): Promise<number> {
  await instance.stop('SIGKILL');
  await instance.start();
  return instance.startsMs.at(-1) as number;
}

/** Waits for a condition. @throws Error with the words when it does not come true in time */
export async function until(
  words: string,
  isTrue: () => boolean | Promise<boolean>,
  mostMs = 60_000,
): Promise<void> {
  const end = Date.now() + mostMs;
  while (!(await isTrue())) {
    if (Date.now() > end) throw new Error(`waited in vain: ${words}`);
    await sleep(20);
  }
}
