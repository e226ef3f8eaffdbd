/** A workspace whose mail is set up, with what store tests of mail ask and change; everything ends with the test. */
import { randomUUID } from 'node:crypto';
import { simpleParser } from 'mailparser';
import { onTestFinished } from 'vitest';
import type { Tx } from '../../src/db/database.ts';
import { retryDelivery } from '../../src/receipts/decide.ts';
import type { Mail, Mailer, MailOutcome, MailRefusal } from '../../src/smtp/index.ts';
import {
  changed,
  type MailPost,
  openPost,
  type PostOptions,
  type ScriptedMailer,
  setUpMail,
} from './mail.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

/** A delivery of mail. */
export interface MailOwed {
  id: string;
  alert_id: string;
  target: string;
  state: string;
  reason: string | null;
  problem: string | null;
  trace: string[];
  tries: number;
  revision: number;
}

export interface MailCase extends Workspace {
  /** Serves the mail from now on; the one before has lost its lease. */
  open<M extends Mailer = ScriptedMailer>(options?: PostOptions<M>): Promise<MailPost<M>>;
  /** All deliveries of mail, oldest first. */
  mails(): Promise<MailOwed[]>;
  /** How the newest delivery to each address stands. */
  statesOf(): Promise<Record<string, string>>;
  inWorkspace<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Settings are read anew from now on. */
  change(work: (tx: Tx) => Promise<unknown>): Promise<void>;
  /** Known by its name in alerts; answers its id. */
  insertOrganization(name: string): Promise<string>;
  /** A person retries all that has failed. */
  retry(): Promise<void>;
}

export async function openMailCase(addresses: readonly string[]): Promise<MailCase> {
  const workspace = await openWorkspace();
  await setUpMail(workspace, addresses);
  const { db, workspaceId, rows } = workspace;
  const posts: MailPost<Mailer>[] = [];
  onTestFinished(async () => {
    await Promise.all(posts.map((post) => post.stop()));
    await workspace.close();
  });
  const inWorkspace: MailCase['inWorkspace'] = (work) => db.inWorkspace(workspaceId, work);
  const change: MailCase['change'] = (work) =>
    inWorkspace(async (tx) => {
      await work(tx);
      await changed(tx, workspaceId);
    });
  const mails = (): Promise<MailOwed[]> =>
    rows(
      `select id, alert_id, target, delivery_state as state, reason, problem, trace, tries, revision from deliveries
        where channel_id = workspace_id order by id`,
    );
  return {
    ...workspace,
    inWorkspace,
    change,
    mails,
    async open(options) {
      const post = await openPost(workspace, options);
      posts.push(post);
      return post;
    },
    statesOf: async () => Object.fromEntries((await mails()).map(({ target, state }) => [target, state])),
    async insertOrganization(name) {
      const id = randomUUID();
      await change(async (tx) => {
        await tx.query(
          `insert into organizations (workspace_id, id, name, delivery_enabled, delivery_tickets, delivery_email)
           values ($1, $2, $3, true, true, true)`,
          [workspaceId, id, name],
        );
        await tx.query(
          `insert into organization_references (workspace_id, organization_id, ordinal, kind, value)
           values ($1, $2, 0, 'id', $3)`,
          [workspaceId, id, name],
        );
      });
      return id;
    },
    async retry() {
      for (const { id, state } of await mails())
        if (state === 'failed') await inWorkspace((tx) => retryDelivery(tx, workspaceId, id));
    },
  };
}

/** An address that is asked to wait, unless a test says otherwise. */
export const refusedMail = (members: Partial<MailRefusal> = {}): MailRefusal => ({
  kind: 'refused',
  about: 'recipient',
  isFinal: false,
  reason: 'reply',
  text: '450 4.2.0 later',
  ...members,
});

/** The line broke after the final dot. */
export const lostMail: MailOutcome = { kind: 'uncertain', evidence: 'The line broke.' };

/** Mails as a mail program reads them. */
export const readMails = (sent: readonly Mail[]) =>
  Promise.all(sent.map(({ message }) => simpleParser(message)));
