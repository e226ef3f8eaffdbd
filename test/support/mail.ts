/** The mail channel of a workspace without a mail server: a mailer that answers as a test says, and a drain around it. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import type { Tx } from '../../src/db/database.ts';
import {
  createMailDrain,
  createMailRate,
  deliverMail,
  type MailDrain,
  mailTimingOf,
} from '../../src/deliver/mail/index.ts';
import type { Mail, Mailer, MailOutcome, MailPermit } from '../../src/smtp/index.ts';
import type { Workspace } from './workspace.ts';

export interface ScriptedMailer extends Mailer {
  /** Everything that was handed over, in order. */
  readonly sent: Mail[];
  /** What a mail comes to; may be replaced at any time. */
  answer: (mail: Mail, permit: MailPermit) => MailOutcome | Promise<MailOutcome>;
}

export const taken: MailOutcome = { kind: 'done', reply: '250 2.0.0 taken', server: 'mx.example' };

export function scriptedMailer(): ScriptedMailer {
  const sent: Mail[] = [];
  return {
    sent,
    answer: () => taken,
    async send(mail, permit) {
      sent.push(mail);
      return this.answer(mail, permit);
    },
    verify: async () => [],
    state: () => [],
    connections: () => 0,
    abort: () => undefined,
    close: async () => undefined,
  };
}

/** Sets mail up in this workspace: with a sender, a server, and these global recipients. */
export async function setUpMail(
  { db, workspaceId }: Pick<Workspace, 'db' | 'workspaceId'>,
  addresses: readonly string[],
): Promise<void> {
  await db.inWorkspace(workspaceId, async (tx) => {
    await tx.query(
      `insert into mail_settings (workspace_id, servers, from_address, global_subject, organization_subject)
       values ($1, '[{"host": "mx.example", "port": 587, "security": "starttls"}]', 'herald@msp.example',
               '[{{ alert.severity }}] {{ alert.title }}', 'For you: {{ alert.title }}')`,
      [workspaceId],
    );
    await changed(tx, workspaceId);
    for (const address of addresses) await addRecipient(tx, workspaceId, { address });
  });
}

export async function addRecipient(
  tx: Tx,
  workspaceId: string,
  {
    address,
    organizationId = null,
    severities = null,
  }: {
    address: string;
    organizationId?: string | null;
    severities?: string[] | null;
  },
): Promise<void> {
  await tx.query(
    // Told in the order in which they were added, even in one transaction.
    `insert into recipients (workspace_id, id, organization_id, address, severities, created_at)
     values ($1, $2, $3, $4, $5, clock_timestamp())`,
    [workspaceId, randomUUID(), organizationId, address, severities],
  );
  await changed(tx, workspaceId);
}

/** As if so much time had passed for what waits; milliseconds. */
export async function passTime({ rows }: Pick<Workspace, 'rows'>, ms: number): Promise<void> {
  for (const statement of [
    `update mail_retries set due_at = due_at - interval '${ms} ms', first_at = first_at - interval '${ms} ms'
      where due_at < 'infinity'`,
    `update mailboxes set blocked_until = blocked_until - interval '${ms} ms', credit_at = credit_at - interval '${ms} ms'`,
  ])
    await rows(statement);
}

/** Settings are read anew from now on. */
export const changed = (tx: Tx, workspaceId: string) =>
  tx.query('update workspaces set settings_version = settings_version + 1 where id = $1', [workspaceId]);

export interface MailPost<M extends Mailer = ScriptedMailer> {
  drain: MailDrain;
  mailer: M;
  /** Rounds so far. */
  rounds(): number;
  /** Resolves when nothing is under way and nothing more may go at once. */
  quiet(): Promise<void>;
  stop(): Promise<void>;
}

export interface PostOptions<M> {
  mailer?: M;
  /** Spans of the product become shorter with it, as with that of a PSA. */
  settleMs?: number;
  /** Mails in a minute. */
  perMinute?: number;
}

/** Serves the mail of the workspace, with spans of seconds where the product takes minutes. */
export async function openPost<M extends Mailer = ScriptedMailer>(
  { db, settings, workspaceId }: Pick<Workspace, 'db' | 'settings' | 'workspaceId'>,
  { mailer = scriptedMailer() as Mailer as M, settleMs = 420_000, perMinute = 1_000 }: PostOptions<M> = {},
): Promise<MailPost<M>> {
  const { rows } = await db.unfenced((tx) =>
    tx.query<{ epoch: string }>(
      `insert into leases (workspace_id, channel_id, epoch, holder, expires_at)
       values ($1, $1, 1, $2, now() + interval '1 hour')
       on conflict (workspace_id, channel_id) do update set epoch = leases.epoch + 1, expires_at = now() + interval '1 hour'
       returning epoch`,
      [workspaceId, randomUUID()],
    ),
  );
  let rounds = 0;
  let running = 0;
  const busy = new Set<string>();
  const transport = {
    revision: 'r1',
    mailer,
    head: { from: 'herald@msp.example' },
    rate: createMailRate(perMinute),
  };
  const channel = { workspaceId, epoch: rows[0]!.epoch, timing: mailTimingOf(settleMs), transport, busy };
  const drain = createMailDrain(channel, {
    async deliver(work) {
      running += 1;
      try {
        return await deliverMail(db, settings, work);
      } finally {
        rounds += 1;
        running -= 1;
      }
    },
    log: pino({ level: process.env.PROMISES_LOG ?? 'silent' }),
    baseUrl: 'https://herald.example',
    clock: { monotonic: () => performance.now(), wall: Date.now, sleep: (ms) => sleep(ms) },
    random: () => 0.5,
    stopMail: async (_workspaceId, problem) => {
      await db.inWorkspace(workspaceId, async (tx) => {
        await tx.query('update mail_settings set attention = $2 where workspace_id = $1', [
          workspaceId,
          problem,
        ]);
        await changed(tx, workspaceId);
      });
    },
  });
  return {
    drain,
    mailer,
    rounds: () => rounds,
    async quiet() {
      drain.sweep();
      for (let calm = 0, seen = -1; calm < 3; ) {
        await sleep(15);
        calm = running === 0 && busy.size === 0 && rounds === seen ? calm + 1 : 0;
        seen = rounds;
      }
    },
    stop: () => drain.stop(2_000),
  };
}
