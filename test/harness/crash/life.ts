/**
 * The life of one Herald, in which it comes by every crash point of an installation with a database of its own: two
 * starts, the story, two ends. It dies at one of the points, is started again at once, and its life goes on
 * (promises §3.2, A3).
 */
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { markRestored } from '../../../src/db/backup/markRestored.ts';
import { headerOf, judgeMails, type MailRow, mailRows, openSink } from '../../support/mailWorld.ts';
import type { HarnessDatabase } from '../database.ts';
import { judge, type Verdict } from '../judge.ts';
import { createLedger } from '../ledger.ts';
import { temporaryDir } from '../processes.ts';
import { createSender } from '../sender.ts';
import { createInstance, type Instance } from '../service.ts';
import type { Customer } from '../setup.ts';
import { startSimulatorHere } from '../simulator.ts';
import { readStored, settled } from '../stored.ts';
import type { CrashAt } from './at.ts';
import { prepareWorkspace } from './prepared.ts';
import { cast, createStory, type Story } from './story.ts';

export interface Death {
  point: string;
  passage: number;
}

/** What came of a life. */
export interface Outcome {
  verdict: Verdict;
  /** It came by the point that often and died there. */
  hasDied: boolean;
}

/** Long enough for a call under load, and short enough for look-ups to be over soon. */
const settleSeconds = 2;
const mostSettleMs = 60_000;

/** The workspace as all lives find it. */
export async function prepareLives(database: HarnessDatabase): Promise<Customer[]> {
  const customers = await prepareWorkspace(database, settleSeconds, cast.all, cast.unfinished);
  for (const statement of [...mailOfLives, ...contractsOfLives]) await database.rows(statement);
  return customers;
}

/** Two recipients, one of whom is to be looked at again, and an administrator who is told so; a new workspace is told nothing. */
const mailOfLives = [
  `insert into recipients (workspace_id, id, address, review_on)
   select workspace_id, gen_random_uuid(), 'soc@msp.example', '2026-01-01' from workspace_index`,
  `insert into recipients (workspace_id, id, address, severities)
   select workspace_id, gen_random_uuid(), 'oncall@msp.example', '{critical}' from workspace_index`,
  `insert into leases (workspace_id, channel_id) select workspace_id, workspace_id from workspace_index
   on conflict do nothing`,
  `insert into users (id, name, email) values ('admin', 'Admin', 'admin@msp.example')`,
  `insert into memberships (user_id, workspace_id, role) select 'admin', workspace_id, 'admin' from workspace_index`,
  `update workspaces set settings_version = settings_version + 1, created_at = created_at - interval '100 days'`,
];

/** A contract of another account: it is left out of tickets, which say so, and the daily look asks for it. */
const contractsOfLives = [
  `update mappings set contract_id = '29683601'`,
  `update connections set steps = jsonb_set(steps, '{contracts,addContracts}', 'true')`,
];

type Copy = Awaited<ReturnType<HarnessDatabase['copy']>>;

interface Life {
  database: Copy;
  instance: Instance;
  story: Story;
  at: CrashAt;
}

let lives = 0;

/** Lives once through, on a copy of the prepared database. */
export async function live(
  server: HarnessDatabase,
  customers: readonly Customer[],
  death: Death,
): Promise<Outcome> {
  lives += 1;
  const database = await server.copy(`life_${lives}`);
  const simulator = await startSimulatorHere();
  const sink = await openSink();
  const smtpPort = sink.port;
  const instance = await createInstance('all', { database, simulator, settleSeconds, smtpPort });
  const ledger = createLedger();
  const url = instance.url as string;
  const counter = join(await temporaryDir('crash'), 'passages');
  writeFileSync(counter, '');
  const at: CrashAt = { ...death, deed: 'SIGKILL', counter };
  const story = createStory({
    url,
    customers,
    simulator,
    sender: createSender({ ledger, urls: [url], connections: 8 }),
    settled: () => settled(database, mostSettleMs),
    hasDied: () => hasDied(at),
  });
  try {
    await goThrough({ database, instance, story, at });
    const [recorded, stored] = [await simulator.recorded(), await readStored(database)];
    const verdict = judge({ sent: [...ledger.entries.values()], stored, recorded, leaks: instance.leaks });
    const mails = await database.rows<MailRow & Record<string, unknown>>(mailRows);
    const found = judgeMails(mails, await withoutReviews(database, sink.accepted));
    verdict.lost.push(
      ...found.lost,
      ...mails.filter(isLost).map(({ id, state }) => `mail ${id} is ${state}`),
    );
    verdict.duplicated.push(...found.duplicated);
    verdict.other.push(...found.other);
    return { verdict, hasDied: hasDied(at) };
  } finally {
    await instance.stop('SIGKILL');
    await simulator.stop();
  }
}

/** Nobody decided that it goes to nobody, and it has not been taken over. */
const isLost = ({ state }: MailRow): boolean => state !== 'delivered' && state !== 'skipped';

/** Those to administrators have a journal of their own. */
async function withoutReviews({ rows }: Copy, messages: readonly Buffer[]): Promise<Buffer[]> {
  const reviews = await rows<{ id: string }>('select message_id as id from review_mails');
  const ids = new Set(reviews.map(({ id }) => id));
  return messages.filter((message) => !ids.has(headerOf(message, 'message-id') ?? ''));
}

const hasDied = ({ counter, passage }: CrashAt): boolean => statSync(counter).size >= passage;

async function goThrough(life: Life): Promise<void> {
  const { instance, story, at } = life;
  for (const chapter of [1, 2]) {
    if (/-restored-/.test(at.point)) await restore(life);
    await start(life);
    await supervised(life, async () => {
      await story.alerts(chapter);
      await story.changes(chapter);
      await waitForSlow(at);
      if (hasDied(at)) await story.end();
    });
    if (hasDied(at)) return;
    await instance.stop('SIGTERM');
  }
  // It did not die, or when it was told to end.
  await letTimePass(life);
  await instance.start();
  await story.end();
}

/** Starts it, and again at once if it dies on the way. */
async function start(life: Life): Promise<void> {
  const { instance, at } = life;
  await letTimePass(life);
  if (hasDied(at)) return instance.start();
  await instance.start(at).catch(async (error) => {
    if (!hasDied(at)) throw error;
    await start(life);
  });
}

/** As if the database had just come from a backup: the PSA is asked before anything is written (promise P20). */
async function restore({ database }: Life): Promise<void> {
  const client = new pg.Client(database.adminUrl);
  await client.connect();
  try {
    await markRestored(client, new Date());
  } finally {
    await client.end();
  }
}

/**
 * The dead hold their leases for 15 s, a workspace is looked over every 30 s and cleared every hour, and a connection every
 * day; administrators are mailed once a month: nothing happens in between.
 */
async function letTimePass({ database }: Life): Promise<void> {
  await database.rows('update leases set expires_at = least(expires_at, clock_timestamp())');
  await database.rows(`update way_out_checks set checked_at = checked_at - interval '1 minute'`);
  await database.rows(`update review_turns set taken_at = taken_at - interval '1 hour'`);
  // A month, for what is done once a month.
  await database.rows(`update review_months set month = month - interval '1 month'`);
  await database.rows(`update review_mails set month = month - interval '1 month'`);
  await database.rows(`update retention_turns set taken_at = taken_at - interval '1 hour'`);
  await database.rows(
    `insert into contract_checks select workspace_id, channel_id, clock_timestamp() from leases
     on conflict (workspace_id, connection_id) do update set due_at = excluded.due_at`,
  );
}

const watchEveryMs = 20;

/** Starts it again when it dies meanwhile. */
async function supervised(life: Life, work: () => Promise<void>): Promise<void> {
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      if (!life.instance.isReady) await start(life);
      await sleep(watchEveryMs);
    }
  })();
  // It is heard of at the end.
  watching.catch(() => undefined);
  try {
    await work();
  } finally {
    isOver = true;
    await watching;
  }
}

/** Renewals come every 5 s; a ticket with an unclear history is looked up again in the sweep, every 10 s. */
const slow = [
  { points: /-lease-renewal$/, waitMs: 7_000 },
  { points: /-recheck(-commit)?$|-review-mail$/, waitMs: 13_000 },
];

async function waitForSlow(at: CrashAt): Promise<void> {
  const waitMs = slow.find(({ points }) => points.test(at.point))?.waitMs ?? 0;
  const until = Date.now() + waitMs;
  while (!hasDied(at) && Date.now() < until) await sleep(watchEveryMs);
}
