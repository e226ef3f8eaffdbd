import { onTestFinished } from 'vitest';
import { createMailer } from '../mailer.ts';
import type { Mail, Mailer, MailerOptions, MailServer } from '../types.ts';

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
