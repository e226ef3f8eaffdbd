/** The mail of a workspace with its real mailer, and a mail server that answers as a test says. */
import { onTestFinished } from 'vitest';
import { createMailer, type Mailer, type MailerOptions, type MailServer } from '../../src/smtp/index.ts';
import { type Answer, type Moment, startScripted } from '../../src/smtp/testing/scripted.ts';
import { until } from '../harness/world.ts';
import { type MailPost, openPost, type PostOptions, passTime, setUpMail } from './mail.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

export type Script = Partial<Record<Moment, Answer>>;

/** A mail server that knows which messages it has taken over. */
export interface Sink {
  port: number;
  /** Messages that it has taken over, without the final dot. */
  readonly accepted: Buffer[];
  /** Everything that came: taken over or not. */
  readonly heard: readonly Buffer[];
  readonly commands: string[];
  /** Every byte that came before TLS. */
  clear(): string;
  connections(): number;
  mostOpen(): number;
  /** What it answers from now on; nothing: as a usual server does. */
  script(answers: Script): void;
  /** The newest message counts as taken over, whatever is answered. */
  keep(): void;
  /** Ends all connections without a word. */
  hangUp(): void;
}

export async function openSink(options: Parameters<typeof startScripted>[1] = {}): Promise<Sink> {
  const server = await startScripted({}, options);
  const accepted: Buffer[] = [];
  const keep = () => void accepted.push(server.messages.at(-1) as Buffer);
  const sink: Sink = {
    port: server.port,
    accepted,
    heard: server.messages,
    commands: server.commands,
    clear: server.clear,
    connections: server.connections,
    mostOpen: server.mostOpen,
    keep,
    hangUp: server.hangUp,
    script({ dot = '250 2.0.0 taken', ...answers }) {
      const judged: Answer = (line, command) => {
        const text = typeof dot === 'string' ? dot : dot(line, command);
        if (text?.startsWith('250')) keep();
        return text;
      };
      server.answers = { ...answers, dot: judged };
    },
  };
  sink.script({});
  return sink;
}

/** A delivery of mail with the mail that carries it. */
export interface MailRow {
  id: string;
  alertId: string;
  target: string;
  state: string;
  reason: string | null;
  problem: string | null;
  messageId: string | null;
  /** As it was frozen. */
  subject: string | null;
  text: string | null;
  attempts: string[];
}

export interface MailWorld extends Workspace {
  sink: Sink;
  post: MailPost<Mailer>;
  mailer: Mailer;
  /** Deliveries of mail, oldest first. */
  mails(): Promise<MailRow[]>;
  /** The newest of them. */
  last(): Promise<MailRow>;
  /** Resolves when the newest is delivered. @throws Error when that takes longer than a minute */
  delivered(): Promise<MailRow>;
  /** As if so much time had passed for what is due later; then what is due goes out. Milliseconds. */
  later(ms: number): Promise<void>;
  /** In how long each mail that waits is tried again; milliseconds. */
  dueIn(): Promise<number[]>;
}

export interface MailWorldOptions extends Omit<PostOptions<Mailer>, 'mailer'> {
  recipients?: readonly string[];
  limits?: MailerOptions['limits'];
  /** How the sink is reached; in clear text if left out. */
  server?: Omit<MailServer, 'port'>;
  tls?: Parameters<typeof startScripted>[1];
  ca?: string;
}

/** Ends with the test. */
export async function openMailWorld(options: MailWorldOptions = {}): Promise<MailWorld> {
  const { recipients = ['ann@msp.example'], limits, server, tls, ca, ...post } = options;
  const sink = await openSink(tls);
  const workspace = await openWorkspace();
  await setUpMail(workspace, recipients);
  return withMail(workspace, sink, { limits, server, ca, ...post });
}

/** Serves the mail of a workspace that is there; ends it with the test. */
export async function withMail<
  W extends Pick<Workspace, 'db' | 'settings' | 'workspaceId' | 'rows' | 'close'>,
>(
  workspace: W,
  sink: Sink,
  options: Omit<MailWorldOptions, 'recipients' | 'tls'> = {},
): Promise<W & Omit<MailWorld, keyof Workspace>> {
  const { limits, server = { host: '127.0.0.1', security: 'none' }, ca, ...rest } = options;
  const mailer = createMailer({
    servers: [{ ...server, port: sink.port }],
    allow: ['127.0.0.1', server.host],
    resolve: async () => ['127.0.0.1'],
    now: () => performance.now(),
    random: () => 0,
    limits: { restMs: 20, longestRestMs: 100, ...limits },
    ...(ca !== undefined && { ca }),
  });
  const post = await openPost<Mailer>(workspace, { mailer, ...rest });
  let closed: Promise<void> | undefined;
  const end = async () => {
    mailer.abort();
    await post.stop();
    await mailer.close();
    await workspace.close();
  };
  const close = () => {
    closed ??= end();
    return closed;
  };
  onTestFinished(close);
  const mails = (): Promise<MailRow[]> => workspace.rows(mailRows);
  const last = async () => (await mails()).at(-1) as MailRow;
  return {
    ...workspace,
    close,
    sink,
    post,
    mailer,
    mails,
    last,
    async delivered() {
      await until('the mail is delivered', async () => {
        await post.quiet();
        return (await last()).state === 'delivered';
      });
      return last();
    },
    async later(ms) {
      await passTime(workspace, ms);
      await post.quiet();
    },
    async dueIn() {
      const rows = await workspace.rows(
        `select extract(epoch from due_at - clock_timestamp())::float8 * 1000 as ms from mail_retries
          where due_at < 'infinity' order by due_at`,
      );
      return rows.map(({ ms }) => ms);
    },
  };
}

/** Answers {@link MailRow}s. */
export const mailRows = `
  select d.id, d.alert_id as "alertId", d.target, d.delivery_state as state, d.reason, d.problem, w.write_key as "messageId",
         w.draft -> 'draft' ->> 'title' as subject, w.draft -> 'draft' ->> 'text' as text,
         array(select attempt_state from attempts t where t.workspace_id = w.workspace_id and t.write_id = w.id order by n) as attempts
    from deliveries d left join writes w on w.workspace_id = d.workspace_id and w.id = d.write_id
   where d.channel_id = d.workspace_id and d.target <> '' order by d.id`;

/** A header of a message as one line; undefined when it is not there. */
export function headerOf(message: Buffer, name: string): string | undefined {
  const [head = ''] = message.toString('latin1').split('\r\n\r\n', 1);
  const unfolded = head.replace(/\r\n[ \t]+/g, ' ');
  return new RegExp(`^${name}:[ \\t]*(.*)$`, 'im').exec(unfolded)?.[1]?.trim();
}

/**
 * Holds what the server has taken over against the journal: each delivered mail once, or twice where it says so; nothing
 * of what was not delivered, and no mail that nobody owed.
 */
export function judgeMails(
  rows: readonly MailRow[],
  accepted: readonly Buffer[],
): { lost: string[]; duplicated: string[]; other: string[] } {
  const copies = Map.groupBy(accepted, (message) => headerOf(message, 'message-id') ?? '');
  const found = { lost: [] as string[], duplicated: [] as string[], other: [] as string[] };
  for (const { id, target, state, reason, problem, messageId } of rows) {
    const there = (copies.get(messageId ?? '-') ?? []).filter(
      (message) => headerOf(message, 'to')?.toLowerCase() === target,
    ).length;
    const what = `delivery ${id} to ${target} is ${state}`;
    const most = problem?.includes('possible duplicate') || reason === 'unclear' ? 2 : 1;
    if (state === 'delivered' && there === 0) found.lost.push(`${what}, and nothing arrived`);
    if (there > most) found.duplicated.push(`${what}, and ${there} copies arrived`);
    if (there > 0 && state !== 'delivered' && reason !== 'unclear' && state !== 'uncertain')
      found.other.push(`${what}, and yet it arrived`);
  }
  const known = new Set(rows.map(({ messageId }) => messageId));
  for (const id of copies.keys()) if (!known.has(id)) found.other.push(`nobody owed the mail ${id}`);
  return found;
}
