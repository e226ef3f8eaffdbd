import { SMTPServer } from 'smtp-server';
import type { Mails } from './mails.ts';

const MOST_BYTES = 10_000_000;

/** A mail server that takes every mail: without TLS and sign-in, for this machine only. */
export function createReceiver(mails: Mails): SMTPServer {
  const server = new SMTPServer({
    name: 'mailbox.example',
    banner: 'mailbox simulator',
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    size: MOST_BYTES,
    onData(stream, session, answer) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('error', answer);
      stream.on('end', () => {
        if (stream.sizeExceeded) {
          answer(Object.assign(new Error('5.3.4 too large'), { responseCode: 552 }));
          return;
        }
        const recipients = session.envelope.rcptTo.map(({ address }) => address);
        mails.add(Buffer.concat(chunks), recipients).then(() => answer(), answer);
      });
    },
  });
  // A line that breaks is the sender's affair.
  server.on('error', () => undefined);
  return server;
}
