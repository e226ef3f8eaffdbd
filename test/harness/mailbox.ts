/** The simulated mailbox as a process of its own: what really left by mail, whoever sent it and died. */
import { type ParsedMail, simpleParser } from 'mailparser';
import { root, startNode } from './processes.ts';

export interface ArrivedMail {
  /** Counts from 1, in the order of arrival. */
  id: number;
  to: string;
  subject: string;
  messageId: string;
}

export interface Mailbox {
  readonly smtpPort: number;
  /** Newest first. */
  mails(): Promise<ArrivedMail[]>;
  /** One of them, whole. */
  read(id: number): Promise<ParsedMail>;
  stop(): Promise<void>;
}

export async function startMailbox(): Promise<Mailbox> {
  const started = await startNode({
    name: 'the mailbox',
    args: [`${root}simulators/mailbox/main.ts`, '--port', '0', '--smtp-port', '0'],
    env: {},
    ready: /takes mail on (.+)/,
  });
  const [, smtpPort, url] = /:(\d+) and shows it on (\S+)/.exec(started.said) ?? [];
  return {
    smtpPort: Number(smtpPort),
    async mails() {
      const answer = await fetch(`${url}/control/mails`);
      return ((await answer.json()) as { mails: ArrivedMail[] }).mails;
    },
    async read(id) {
      const answer = await fetch(`${url}/mails/${id}/raw`);
      return simpleParser(Buffer.from(await answer.arrayBuffer()));
    },
    stop: () => started.end('SIGTERM'),
  };
}
