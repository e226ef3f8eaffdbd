import { onTestFinished } from 'vitest';
import { createMailer } from '../mailer.ts';
import type { Mail, Mailer, MailerOptions, MailServer } from '../types.ts';
import { type Moment, type Scripted, startScripted } from './scripted.ts';

/** A mailer for one test, allowed to go to 127.0.0.1; no jitter. */
export function openMailer(
  servers: readonly MailServer[],
  options: Partial<Omit<MailerOptions, 'servers'>> = {},
): Mailer {
  const now = () => performance.now();
  const mailer = createMailer({ servers, allow: ['127.0.0.1'], now, random: () => 0, ...options });
  onTestFinished(() => {
    mailer.abort();
    return mailer.close();
  });
  return mailer;
}

/** A server on this machine that is spoken to without TLS. */
export const plainServer = (port: number): MailServer => ({ host: '127.0.0.1', port, security: 'none' });

export const mailOf = (text = 'Subject: Hello\r\n\r\nHello.\r\n', to = 'ann@example.com'): Mail => ({
  from: 'herald@example.com',
  to,
  message: Buffer.from(text),
});

export const always = (): boolean => true;

/** A clock that stands still until it is told to go on. */
export function createClock(): { now: () => number; pass: (ms: number) => void } {
  let ms = 0;
  return {
    now: () => ms,
    pass: (more) => {
      ms += more;
    },
  };
}

/** A mailer with one server that says something unusual. */
export async function setUp(
  answers: Parameters<typeof startScripted>[0] = {},
  limits: MailerOptions['limits'] = {},
): Promise<{ server: Scripted; mailer: Mailer }> {
  const server = await startScripted(answers);
  const mailer = openMailer([plainServer(server.port)], { limits });
  return { server, mailer };
}

/** Whom a failure at this moment may be about: up to MAIL FROM it says something of the server only. */
export const suspectAfter = (moment: Moment): 'recipient' | 'server' =>
  /RCPT|DATA/.test(moment) ? 'recipient' : 'server';

/** An answer to EHLO: commands may come in one go. */
export const pipelining = '250-mail.test\r\n250 PIPELINING';
