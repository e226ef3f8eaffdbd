import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createTransport } from 'nodemailer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Mailbox, startMailbox } from './index.ts';
import { readOptions } from './options.ts';

const attack = '<script>alert("x")</script>';
let mailbox: Mailbox;

async function send(members: object, to = 'ann@msp.example'): Promise<void> {
  const transport = createTransport({ host: '127.0.0.1', port: mailbox.smtpPort, ignoreTLS: true });
  await transport.sendMail({ from: 'herald@msp.example', to, subject: 'Hello', text: 'Hello.', ...members });
  transport.close();
}

const get = async (path: string, init: RequestInit = {}) => {
  const answer = await fetch(`${mailbox.url}${path}`, init);
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
};

beforeAll(async () => {
  mailbox = await startMailbox();
  await send({ subject: 'Alone' });
  const references = '<thread.1@msp.example>';
  for (let n = 1; n <= 6; n += 1)
    await send({ subject: `Of a thread ${n}`, references, messageId: `<mail.${n}@msp.example>` });
  await send(
    { subject: attack, text: attack, html: `<html><head></head><body><p>Shown</p>${attack}</body></html>` },
    'bob@msp.example',
  );
});
afterAll(() => mailbox.close());

describe('the list', () => {
  it('has the newest first, threads together, and the rest of a long one behind a link', async () => {
    const { text } = await get('/');
    expect(text).toContain('8 received');
    const subjects = [...text.matchAll(/<a href="\/mails\/\d+">([^<]*)</g)].map(([, subject]) => subject);
    expect(subjects.slice(1)).toEqual([
      'Of a thread 6',
      'Of a thread 5',
      'Of a thread 4',
      'Of a thread 3',
      'Alone',
    ]);
    expect(text).toContain('2 more of this thread');
    const thread = (await get('/thread?id=%3Cthread.1%40msp.example%3E')).text;
    expect(thread.match(/Of a thread \d<\/a>/g)).toHaveLength(6);
  });

  it('can be that of one address, and loads itself again when asked to', async () => {
    const { text } = await get('/?to=bob%40msp.example');
    expect(text).toContain('Mails to bob@msp.example');
    expect(text.match(/href="\/mails\//g)).toHaveLength(1);
    expect(text).not.toContain('http-equiv="refresh"');
    expect((await get('/?refresh=1')).text).toContain('http-equiv="refresh"');
  });

  it('says so when there is none', async () => {
    expect((await get('/?to=nobody%40msp.example')).text).toContain('No mails yet');
  });
});

describe('a mail', () => {
  it('is shown with text and headers, escaped, and its HTML in a frame where nothing runs', async () => {
    const { text, headers } = await get('/mails/8');
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'",
    );
    expect(text).not.toContain('<script');
    expect(text).toContain('sandbox="allow-popups allow-popups-to-escape-sandbox" src="/mails/8/html"');
    expect(text).toMatch(/Message-ID<\/th>/i);
    const frame = await get('/mails/8/html');
    expect(frame.text).toContain('<p>Shown</p>');
    expect(frame.headers.get('content-security-policy')).toMatch(/^default-src 'none'.*sandbox/);
  });

  it('can be seen as it came', async () => {
    const { text, headers } = await get('/mails/1/raw');
    expect(text).toContain('Subject: Alone');
    expect(headers.get('content-type')).toBe('text/plain; charset=utf-8');
  });

  it('of another part of the world is not there', async () => {
    expect((await get('/mails/99')).status).toBe(404);
    expect((await get('/nothing')).status).toBe(404);
    expect((await get('/', { method: 'POST' })).status).toBe(405);
  });
});

describe('the program', () => {
  it('says where it takes mail and where it shows it, and ends when it is told to', async () => {
    const program = new URL('./main.ts', import.meta.url).pathname;
    const child = spawn(process.execPath, [program, '--port', '0', '--smtp-port', '0'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [chunk] = await once(child.stdout, 'data');
    expect(String(chunk)).toMatch(
      /^mailbox takes mail on smtp:\/\/127\.0\.0\.1:\d+ and shows it on http:\/\/127\.0\.0\.1:\d+\n$/,
    );
    child.kill('SIGTERM');
    expect((await once(child, 'exit'))[0]).toBe(0);
  });

  it('refuses a port that is none', () => {
    expect(() => readOptions(['--smtp-port', 'x'])).toThrow('--smtp-port takes a port from 0 to 65535');
    expect(readOptions([])).toEqual({ port: 9425, smtpPort: 9426, host: '127.0.0.1' });
  });
});
