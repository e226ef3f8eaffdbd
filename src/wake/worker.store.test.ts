/** A worker against the database, with a PSA of a few lines: which channels it serves, and with which credentials. */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openWorkspace, unreachableAutotask, type Workspace } from '../../test/support/workspace.ts';
import { type Database, DatabaseUnavailable } from '../db/database.ts';
import { createOutbound } from '../outbound/index.ts';
import { deliver } from '../pipeline.ts';
import type { Outcome, Permit, PsaHttp, Session } from '../psa/contract.ts';
import { createCallCounter } from './callCounts.ts';
import { ensureLease } from './leases.ts';
import type { OpenedConnection, Standing, WorkerParts } from './parts.ts';
import { createWorker, type Worker } from './worker.ts';

let workspace: Workspace;
let db: Database;
let workspaceId: string;
let connectionId: string;
const log = pino({ level: 'silent' });

beforeEach(async () => {
  workspace = await openWorkspace();
  ({ db, workspaceId, connectionId } = workspace);
});
afterEach(() => workspace.close());

const receipt = { ref: '17', number: 'T1', link: 'https://psa.example/17' };
const done: Outcome = { kind: 'done', receipt };
const refusedLogin: Outcome = { kind: 'refused', reason: 'auth', text: 'The login is refused.' };
type Create = (credentials: Record<string, string>, http: PsaHttp, permit: Permit) => Promise<Outcome>;

interface Psa {
  /** What is stored of each connection; a function that throws is a database in trouble. */
  open(connectionId: string): OpenedConnection | undefined;
  create: Create;
}

const opened = (revision = 'r1', needsPerson = false): OpenedConnection => ({
  kind: 'autotask',
  credentials: { revision },
  revision,
  needsPerson,
});

function standings(ids: readonly string[], open: Psa['open']): Map<string, Standing> {
  return new Map(ids.flatMap((id) => [open(id)].filter((one) => one !== undefined).map((one) => [id, one])));
}

/** A worker that looks around many times a second; `psa` may be changed while it runs. */
function start(psa: Psa, more: Partial<WorkerParts> = {}): Worker {
  const adapter = {
    ...unreachableAutotask,
    open: (credentials: Record<string, string>, http: PsaHttp) =>
      ({
        createTicket: (_draft: unknown, permit: Permit) => psa.create(credentials, http, permit),
        ticketStates: async () => ({ kind: 'ok', value: new Map() }),
        findTicket: async () => ({ kind: 'unknown', text: 'not now' }),
      }) as unknown as Session,
  };
  const outbound = createOutbound({ allow: ['127.0.0.1'] });
  const worker = createWorker({
    db,
    deliver: (work) => deliver(db, workspace.settings, work),
    log,
    adapters: new Map([['autotask', adapter]]),
    outbound,
    baseUrl: 'http://herald.test',
    holder: randomUUID(),
    settleMs: 200,
    clock: { monotonic: () => performance.now(), wall: Date.now, sleep: (ms) => sleep(Math.min(ms, 20)) },
    random: Math.random,
    serves: true,
    openConnection: async (_workspace, id) => psa.open(id),
    standingOf: async (_workspace, ids) => standings(ids, psa.open),
    stopConnection: async () => undefined,
    everyMs: { renew: 50, sweep: 50 },
    ...more,
  });
  onTestFinished(async () => {
    await worker.stop(1_000);
    outbound.abort();
    await outbound.close();
  });
  return worker;
}

const makeLease = (channelId: string) => db.unfenced((tx) => ensureLease(tx, workspaceId, channelId));
const leaseOf = async (channelId: string) =>
  (await db.unfenced((tx) => tx.query('select * from leases where channel_id = $1', [channelId]))).rows[0];
const serves = (worker: Worker, channelId: string) => () => worker.budgetOf(channelId) !== undefined;
const take = () => workspace.take();
const states = async () =>
  (await workspace.rows('select delivery_state from deliveries order by id')).map(
    (row) => row.delivery_state,
  );

describe('leases', () => {
  it('of a channel that nobody has woken are found by the sweep', async () => {
    await makeLease(connectionId);
    const worker = start({ open: () => opened(), create: async () => done });
    await expect.poll(serves(worker, connectionId)).toBe(true);
  });

  it('that cannot be served this time hold up no others, and are tried again', async () => {
    const ids = [randomUUID(), randomUUID(), randomUUID()];
    for (const id of ids) await makeLease(id);
    const failed = new Set<string>();
    const open = (id: string) => {
      if (failed.has(id)) return opened();
      failed.add(id);
      throw new Error('the pool is busy');
    };
    const worker = start({ open, create: async () => done });
    for (const id of ids) await expect.poll(serves(worker, id)).toBe(true);
    expect(failed.size).toBe(3);
  });

  it('of a draft are given back, and served once there is something to open', async () => {
    await makeLease(connectionId);
    let isDraft = true;
    const worker = start({ open: () => (isDraft ? undefined : opened()), create: async () => done });
    await expect.poll(async () => Number((await leaseOf(connectionId)).epoch)).toBeGreaterThan(0);
    await expect.poll(async () => (await leaseOf(connectionId)).holder).toBe(null);
    expect(serves(worker, connectionId)()).toBe(false);
    isDraft = false;
    await expect.poll(serves(worker, connectionId)).toBe(true);
  });

  it('that are ours without a channel are served, not renewed for nothing', async () => {
    const holder = randomUUID();
    await db.unfenced((tx) =>
      tx.query(
        `insert into leases (workspace_id, channel_id, epoch, holder, expires_at)
         values ($1, $2, 4, $3, now() + interval '1 minute')`,
        [workspaceId, connectionId, holder],
      ),
    );
    const worker = start({ open: () => opened(), create: async () => done }, { holder });
    await expect.poll(serves(worker, connectionId)).toBe(true);
    expect((await leaseOf(connectionId)).epoch).toBe('4');
  });

  it('taken while a renewal waits are kept', async () => {
    const [first, second] = [randomUUID(), randomUUID()];
    const opens: string[] = [];
    await makeLease(first);
    const open = (id: string) => {
      opens.push(id);
      return opened();
    };
    const everyMs = { renew: 50, sweep: 60_000 };
    const worker = start({ open, create: async () => done }, { everyMs });
    await expect.poll(serves(worker, first)).toBe(true);
    await db.unfenced(async (tx) => {
      await tx.query('select from leases where channel_id = $1 for update', [first]);
      await expect.poll(workspace.waiters).toBe(1);
      worker.wake(workspaceId, [second]);
      await expect.poll(serves(worker, second)).toBe(true);
    });
    const { expires_at: before } = await leaseOf(second);
    await expect.poll(async () => (await leaseOf(second)).expires_at > before).toBe(true);
    expect(opens.filter((id) => id === second)).toHaveLength(1);
  });
});

describe('credentials that were renewed', () => {
  const seen: string[] = [];
  beforeEach(() => seen.splice(0));
  const create: Create = async ({ revision }) => {
    seen.push(revision as string);
    return done;
  };

  it('by another process are used after its signal', async () => {
    let revision = 'r1';
    const everyMs = { renew: 60_000, sweep: 60_000 };
    await makeLease(connectionId);
    const worker = start({ open: () => opened(revision), create }, { everyMs });
    await expect.poll(serves(worker, connectionId)).toBe(true);
    const other = start({ open: () => undefined, create }, { everyMs, serves: false });
    const sent = async () => {
      await other.changed(workspaceId, connectionId);
      await take();
      worker.wake(workspaceId, [connectionId]);
      return seen.includes('r2');
    };
    revision = 'r2';
    // Signals are heard only once the listener is connected.
    await expect.poll(sent, { timeout: 5_000, interval: 100 }).toBe(true);
  });

  it('are found by the sweep when the signal was missed', async () => {
    let revision = 'r1';
    const opens: string[] = [];
    await makeLease(connectionId);
    const open = () => {
      opens.push(revision);
      return opened(revision);
    };
    const worker = start({ open, create });
    await expect.poll(serves(worker, connectionId)).toBe(true);
    revision = 'r2';
    await expect.poll(() => opens.filter((one) => one === 'r2').length).toBeGreaterThan(1);
    await take();
    worker.wake(workspaceId, [connectionId]);
    await expect.poll(() => seen).toEqual(['r2']);
  });
});

describe('a refused login', () => {
  it('stops the credentials that were refused, not those that came meanwhile', async () => {
    let revision = 'r1';
    const answer = Promise.withResolvers<Outcome>();
    const called = Promise.withResolvers<void>();
    const stops: (string | undefined)[] = [];
    const create: Create = ({ revision: used }) => {
      called.resolve();
      return used === 'r1' ? answer.promise : Promise.resolve(done);
    };
    await makeLease(connectionId);
    const worker = start(
      { open: () => opened(revision), create },
      { stopConnection: async (_workspace, _id, _problem, which) => void stops.push(which) },
    );
    await take();
    worker.wake(workspaceId, [connectionId]);
    await called.promise;
    revision = 'r2';
    await worker.changed(workspaceId, connectionId);
    answer.resolve(refusedLogin);
    await expect.poll(() => stops).toEqual(['r1']);
    await take();
    worker.wake(workspaceId, [connectionId]);
    await expect.poll(states).toEqual(['delivered', 'delivered']);
  });

  it('is stored again and again until the database has it', async () => {
    let tries = 0;
    await makeLease(connectionId);
    const worker = start(
      { open: () => opened('r1', tries >= 4), create: async () => refusedLogin },
      {
        stopConnection: async () => {
          tries += 1;
          if (tries < 4) throw new Error('the database is away');
        },
      },
    );
    await take();
    worker.wake(workspaceId, [connectionId]);
    await expect.poll(() => tries).toBe(4);
    await sleep(100);
    expect(tries).toBe(4);
  });

  it('is not tried once more by a worker that lost the channel before it could store it', async () => {
    let logins = 0;
    let isAway = false;
    const stops: string[] = [];
    await makeLease(connectionId);
    const create: Create = async () => {
      logins += 1;
      isAway = true;
      return refusedLogin;
    };
    const worker = start(
      { open: () => opened(), create },
      {
        deliver: async (work) => {
          if (isAway) throw new DatabaseUnavailable(new Error('away'));
          return deliver(db, workspace.settings, work);
        },
        // It takes its time; until it is stored nothing but the worker knows of the refusal.
        stopConnection: async (_workspace, id) => {
          stops.push(id);
          await sleep(1_000);
        },
      },
    );
    await take();
    await take();
    worker.wake(workspaceId, [connectionId]);
    await expect.poll(() => logins).toBe(1);
    const { epoch } = await leaseOf(connectionId);
    await db.unfenced((tx) => tx.query(`update leases set expires_at = '-infinity'`));
    await expect.poll(async () => Number((await leaseOf(connectionId)).epoch)).toBeGreaterThan(Number(epoch));
    await expect.poll(serves(worker, connectionId)).toBe(true);
    isAway = false;
    await expect.poll(() => stops).toEqual([connectionId]);
    await sleep(300);
    expect(logins).toBe(1);
  });

  it('that a person has looked at with the same credentials: deliveries go on', async () => {
    let outcome: Outcome = refusedLogin;
    let needsPerson = false;
    await makeLease(connectionId);
    const worker = start(
      { open: () => opened('r1', needsPerson), create: async () => outcome },
      {
        stopConnection: async () => {
          needsPerson = true;
        },
      },
    );
    await take();
    worker.wake(workspaceId, [connectionId]);
    await expect.poll(() => needsPerson).toBe(true);
    await take();
    worker.wake(workspaceId, [connectionId]);
    await sleep(200);
    expect(await states()).toEqual(['pending', 'pending']);
    outcome = done;
    needsPerson = false;
    await worker.changed(workspaceId, connectionId);
    await expect.poll(states).toEqual(['delivered', 'delivered']);
  });
});

describe('a lease', () => {
  it('is renewed while the budgets of all workspaces take long to exchange', async () => {
    await makeLease(connectionId);
    const worker = start({ open: () => opened(), create: async () => done });
    await expect.poll(serves(worker, connectionId)).toBe(true);
    const expiresAt = async () =>
      (await db.unfenced((tx) => tx.query('select max(expires_at) as at from leases'))).rows[0].at.getTime();
    const isBlocked = async () =>
      (
        await db.unfenced((tx) =>
          tx.query(`select from pg_locks where relation = 'call_counts'::regclass and not granted`),
        )
      ).rowCount === 1;
    await db.inWorkspace(workspaceId, async (tx) => {
      await tx.query('lock table call_counts in access exclusive mode');
      await expect.poll(isBlocked).toBe(true);
      // A renewal that had begun before ends.
      await sleep(100);
      const before = await expiresAt();
      await sleep(500);
      expect([await isBlocked(), (await expiresAt()) > before]).toEqual([true, true]);
    });
  });
});

describe('calls of others', () => {
  it('count in the window of the channel', async () => {
    const counter = createCallCounter(db, log);
    onTestFinished(() => counter.close());
    await makeLease(connectionId);
    const worker = start({ open: () => opened(), create: async () => done });
    await expect.poll(serves(worker, connectionId)).toBe(true);
    for (let n = 0; n < 3; n++) counter.called(workspaceId, connectionId);
    await counter.flush();
    await expect.poll(() => worker.budgetOf(connectionId)?.used).toBe(3);
    counter.called(workspaceId, connectionId);
    await counter.flush();
    await expect.poll(() => worker.budgetOf(connectionId)?.used).toBe(4);
  });

  it('that could not be stored are stored later', async () => {
    let isAway = true;
    const blip: Database = {
      ...db,
      inWorkspace: (...work) => (isAway ? Promise.reject(new Error('away')) : db.inWorkspace(...work)),
    };
    const counter = createCallCounter(blip, log);
    counter.called(workspaceId, connectionId);
    await counter.flush();
    isAway = false;
    counter.called(workspaceId, connectionId);
    await counter.close();
    const { rows } = await db.inWorkspace(workspaceId, (tx) =>
      tx.query('select sum(calls)::int as calls from call_counts where connection_id = $1', [connectionId]),
    );
    expect(rows).toEqual([{ calls: 2 }]);
  });
});

describe('a stop', () => {
  it('ends calls that hang, leaves them to be looked up, and gives the lease back', async () => {
    const called = Promise.withResolvers<void>();
    const silent = createServer((socket) => socket.on('data', () => called.resolve())).listen(0, '127.0.0.1');
    onTestFinished(() => void silent.close());
    await new Promise((resolve) => silent.once('listening', resolve));
    const { port } = silent.address() as { port: number };
    const create: Create = async (_credentials, http, permit) => {
      const request = {
        endpoint: 'x',
        method: 'POST' as const,
        url: `http://127.0.0.1:${port}/`,
        headers: {},
      };
      const reply = await http({ ...request, permit });
      return { kind: 'uncertain', evidence: reply.kind };
    };
    await makeLease(connectionId);
    const worker = start({ open: () => opened(), create });
    await take();
    worker.wake(workspaceId, [connectionId]);
    await called.promise;
    await worker.stop(1_000);
    expect(await states()).toEqual(['uncertain']);
    expect((await leaseOf(connectionId)).holder).toBe(null);
  });

  it('without a database ends all the same', async () => {
    let isAway = false;
    const blip: Database = {
      ...db,
      unfenced: (work) => (isAway ? Promise.reject(new Error('away')) : db.unfenced(work)),
    };
    const worker = start({ open: () => undefined, create: async () => done }, { db: blip });
    isAway = true;
    await expect(worker.stop(500)).resolves.toBeUndefined();
  });
});
