/** A mail server on this machine that keeps what it takes, and refuses whom a test names. */
import type { AddressInfo } from 'node:net';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';

export interface Mailbox {
  port: number;
  /** Taken mails by their recipient, oldest first. */
  to(address: string): ParsedMail[];
  /** These are refused for good from now on. */
  refused: Set<string>;
  close(): Promise<void>;
}

/** Takes mail without encryption and without a login. */
export async function openMailbox(): Promise<Mailbox> {
  const taken: { to: string; mail: ParsedMail }[] = [];
  const refused = new Set<string>();
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo({ address }, _session, done) {
      if (!refused.has(address)) return done();
      done(Object.assign(new Error('5.1.1 There is no such mailbox here'), { responseCode: 550 }));
    },
    onData(stream, session, done) {
      simpleParser(stream)
        .then((mail) => {
          for (const { address } of session.envelope.rcptTo) taken.push({ to: address, mail });
          done();
        })
        .catch(done);
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  return {
    port,
    refused,
    to: (wanted) => taken.filter(({ to }) => to === wanted).map(({ mail }) => mail),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
