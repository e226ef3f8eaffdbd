import { createServer } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { jsonAnswer, sendAnswer } from '../common/answers.ts';
import { Mails } from './mails.ts';
import type { MailboxOptions } from './options.ts';
import { page } from './pages.ts';
import { createReceiver } from './receive.ts';

export type Mailbox = {
  /** Of its pages, without a slash at the end. */
  url: string;
  smtpPort: number;
  close(): Promise<void>;
};

/** Starts a mail server that takes every mail, and the pages that show them. Rejects when a port is taken. */
export async function startMailbox({
  port = 0,
  smtpPort = 0,
  host = '127.0.0.1',
}: MailboxOptions = {}): Promise<Mailbox> {
  const mails = new Mails();
  const receiver = createReceiver(mails);
  await listen(receiver.server, smtpPort, host);
  const pages = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const answer =
      url.pathname === '/control/mails'
        ? jsonAnswer(200, {
            mails: mails
              .newest(null)
              .map(({ id, to, subject, messageId }) => ({ id, to, subject, messageId })),
          })
        : page(mails, request.method ?? 'GET', url);
    sendAnswer(response, answer);
  });
  try {
    await listen(pages, port, host);
  } catch (error) {
    await new Promise<void>((resolve) => receiver.close(resolve));
    throw error;
  }
  const shown = host.includes(':') ? `[${host}]` : host;
  return {
    url: `http://${shown}:${(pages.address() as AddressInfo).port}`,
    smtpPort: (receiver.server.address() as AddressInfo).port,
    async close() {
      await new Promise<void>((resolve) => {
        pages.close(() => resolve());
        pages.closeAllConnections();
      });
      await new Promise<void>((resolve) => receiver.close(resolve));
    },
  };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
}
