/** A mail server on this machine that keeps what it takes, and does to some addresses what a test names. */
import type { AddressInfo, Socket } from 'node:net';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';

export interface Mailbox {
  port: number;
  /** Taken mails by their recipient, oldest first. */
  to(address: string): ParsedMail[];
  /** These are refused for good from now on. */
  refused: Set<string>;
  /** These are told to come back later: greylisted. */
  deferred: Set<string>;
  /** Mails to these are kept, and then the line breaks instead of an answer. */
  broken: Set<string>;
  close(): Promise<void>;
}

const answerOf = (code: number, text: string) => Object.assign(new Error(text), { responseCode: code });

/** Takes mail without encryption and without a login. */
export async function openMailbox(): Promise<Mailbox> {
  const taken: { to: string; mail: ParsedMail }[] = [];
  const refused = new Set<string>();
  const deferred = new Set<string>();
  const broken = new Set<string>();
  const sockets = new Map<number | undefined, Socket>();
  const recipientsOf = ({ envelope }: SMTPServerSession) => envelope.rcptTo.map(({ address }) => address);
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo({ address }, _session, done) {
      if (refused.has(address)) return done(answerOf(550, '5.1.1 There is no such mailbox here'));
      if (deferred.has(address)) return done(answerOf(451, '4.7.1 Greylisted: come back in a while'));
      done();
    },
    onData(stream, session, done) {
      simpleParser(stream)
        .then((mail) => {
          const recipients = recipientsOf(session);
          for (const to of recipients) taken.push({ to, mail });
          if (recipients.some((to) => broken.has(to))) sockets.get(session.remotePort)?.destroy();
          else done();
        })
        .catch(done);
    },
  });
  server.server.on('connection', (socket) => {
    sockets.set(socket.remotePort, socket);
    socket.once('close', () => sockets.delete(socket.remotePort));
  });
  // A line that breaks is what a test asked for.
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  return {
    port,
    refused,
    deferred,
    broken,
    to: (wanted) => taken.filter(({ to }) => to === wanted).map(({ mail }) => mail),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
