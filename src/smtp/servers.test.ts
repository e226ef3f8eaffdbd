import { describe, expect, it } from 'vitest';
import { always, createClock, mailOf, openMailer, plainServer } from './testing/mailer.ts';
import { authority, drop, type Moment, silence, startScripted, tlsOptions } from './testing/scripted.ts';
import type { MailServer } from './types.ts';

const withAuth = '250-mail.test\r\n250 AUTH PLAIN LOGIN';
const password = 'correct horse';
const refusing = `535 5.7.8 no: AUTH PLAIN ${Buffer.from(`\0ann\0${password}`).toString('base64')} ${password}`;

async function startSecure(answers: Parameters<typeof startScripted>[0]) {
  return startScripted({ EHLO: withAuth, ...answers }, { tls: tlsOptions('good'), isTlsFromStart: true });
}

const secureServer = (port: number): MailServer => ({
  host: '127.0.0.1',
  port,
  security: 'tls',
  user: 'ann',
  password,
});

describe('a refused sign-in (promise K-7)', () => {
  it('is tried twice in all, then never again', async () => {
    const server = await startSecure({ AUTH: refusing });
    const clock = createClock();
    const mailer = openMailer([secureServer(server.port)], { ca: authority, now: clock.now });
    const outcomes = [];
    for (let n = 0; n < 5; n += 1) {
      outcomes.push(await mailer.send(mailOf(), always), await mailer.send(mailOf(), always));
      clock.pass(31_000);
    }
    const tries = server.commands.filter((line) => line.startsWith('AUTH'));
    expect(tries).toHaveLength(2);
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ kind: 'refused', about: 'server', reason: 'auth' });
    expect(outcomes[0]).toMatchObject({ isFinal: false, retryAfterMs: 30_000, code: 535 });
    expect(outcomes.at(-1)).toMatchObject({ isFinal: true });
    expect(outcomes.at(-1)).not.toHaveProperty('retryAfterMs');
    expect(mailer.state()).toEqual([
      {
        host: '127.0.0.1',
        port: server.port,
        stopped: true,
        problem: '127.0.0.1 does not accept the user name or password (535 5.7.8).',
      },
    ]);
    expect(JSON.stringify(outcomes)).not.toMatch(/horse|AGFubg/);
    expect(await mailer.verify()).toMatchObject([{ isOk: false, reason: 'auth' }]);
    expect(server.connections()).toBe(2);
  });

  it('is tried twice even when many mails come at once, and verified too', async () => {
    const server = await startSecure({ AUTH: refusing });
    const mailer = openMailer([secureServer(server.port)], { ca: authority });
    await Promise.all([
      mailer.verify(),
      ...Array.from({ length: 20 }, () => mailer.send(mailOf(), always)),
      mailer.verify(),
      mailer.verify(),
    ]);
    expect(server.commands.filter((line) => line.startsWith('AUTH'))).toHaveLength(2);
    expect(mailer.state()[0]?.stopped).toBe(true);
  });

  it('for now only is no refusal', async () => {
    const server = await startSecure({ AUTH: '454 4.7.0 try again' });
    const clock = createClock();
    const mailer = openMailer([secureServer(server.port)], { ca: authority, now: clock.now });
    for (let n = 0; n < 3; n += 1) {
      expect(await mailer.send(mailOf(), always)).toMatchObject({ reason: 'busy', isFinal: false });
      clock.pass(1_000_000);
    }
    expect(server.connections()).toBe(3);
    delete server.answers.AUTH;
    expect((await mailer.send(mailOf(), always)).kind).toBe('done');
    expect(mailer.state()[0]).not.toHaveProperty('problem');
  });

  it('is not even tried where none is offered that is known here', async () => {
    const server = await startSecure({ EHLO: '250-mail.test\r\n250 AUTH XOAUTH2' });
    const mailer = openMailer([secureServer(server.port)], { ca: authority });
    expect(await mailer.send(mailOf(), always)).toMatchObject({ reason: 'auth', isFinal: false });
    expect(server.commands.filter((line) => line.startsWith('AUTH'))).toEqual([]);
  });

  it('leaves nothing of the password in what a server says later', async () => {
    const server = await startSecure({
      RCPT: `550 ${password}, ${Buffer.from(password).toString('base64')}`,
    });
    const mailer = openMailer([secureServer(server.port)], { ca: authority });
    const outcome = await mailer.send(mailOf(), always);
    expect(outcome).toMatchObject({ about: 'recipient', text: '127.0.0.1 answered: 550 ***, ***==' });
  });
});

describe('several servers', () => {
  const troubles: [Moment, string | typeof drop][] = [
    ['greeting', '554 go away'],
    ['greeting', '421 later'],
    ['greeting', drop],
    ['greeting', 'HTTP/1.1 400 Bad Request'],
    ['EHLO', drop],
    ['MAIL', '421 closing'],
    ['MAIL', drop],
    ['RCPT', drop],
    ['DATA', drop],
    ['DATA', '421 closing'],
  ];

  it.each(troubles)('the next has the mail at once when %s is answered with %s', async (moment, answer) => {
    const bad = await startScripted({ [moment]: answer });
    const good = await startScripted();
    const mailer = openMailer([plainServer(bad.port), plainServer(good.port)]);
    for (let n = 0; n < 3; n += 1) expect((await mailer.send(mailOf(), always)).kind).toBe('done');
    expect([bad.messages.length, good.messages.length]).toEqual([0, 3]);
    // Left alone meanwhile.
    expect(bad.connections()).toBe(1);
    expect(mailer.state().map(({ problem }) => problem === undefined)).toEqual([false, true]);
  });

  it('the next has it when nobody listens, or the name leads nowhere', async () => {
    const good = await startScripted();
    const servers = [plainServer(1), { host: 'nowhere.test', port: 587, security: 'starttls' as const }];
    const resolve = async () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));
    const mailer = openMailer([...servers, plainServer(good.port)], { resolve });
    expect((await mailer.send(mailOf(), always)).kind).toBe('done');
    expect(mailer.state().map(({ problem }) => problem)).toEqual([
      '127.0.0.1 refuses connections.',
      'nowhere.test could not be resolved (ENOTFOUND).',
      undefined,
    ]);
  });

  it('the next does not have what the first may have accepted, or refused', async () => {
    for (const answers of [{ dot: drop }, { dot: '554 no' }, { dot: '421 closing' }, { RCPT: '550 no' }]) {
      const first = await startScripted(answers);
      const next = await startScripted();
      const mailer = openMailer([plainServer(first.port), plainServer(next.port)]);
      expect((await mailer.send(mailOf(), always)).kind).not.toBe('done');
      expect(next.connections()).toBe(0);
    }
  });

  it('rests double up to a bound, and end with the first mail that passes', async () => {
    const server = await startScripted({ greeting: '421 later' });
    const clock = createClock();
    const mailer = openMailer([plainServer(server.port)], { now: clock.now });
    const waits: unknown[] = [];
    for (let n = 0; n < 8; n += 1) {
      const outcome = await mailer.send(mailOf(), always);
      const wait = outcome.kind === 'refused' ? (outcome.retryAfterMs ?? 0) : 0;
      waits.push(wait / 1_000);
      clock.pass(wait - 1);
      await mailer.send(mailOf(), always);
      clock.pass(1);
    }
    expect(waits).toEqual([30, 60, 120, 240, 480, 900, 900, 900]);
    expect(server.connections()).toBe(8);
    delete server.answers.greeting;
    expect((await mailer.send(mailOf(), always)).kind).toBe('done');
    expect(mailer.state()[0]).not.toHaveProperty('problem');
  });

  it('a mail is told which server can be tried first', async () => {
    const bad = await startScripted({ greeting: '421 later' });
    const clock = createClock();
    const mailer = openMailer([plainServer(1), plainServer(bad.port)], { now: clock.now });
    await mailer.send(mailOf(), always);
    clock.pass(20_000);
    expect(await mailer.send(mailOf(), always)).toMatchObject({ about: 'server', retryAfterMs: 10_000 });
  });

  it('are all looked at by a check, which sends nothing', async () => {
    const good = await startScripted();
    const silent = await startScripted({ greeting: silence });
    const mailer = openMailer([plainServer(good.port), plainServer(silent.port), plainServer(1)], {
      limits: { setupMs: 100 },
    });
    expect(await mailer.verify()).toEqual([
      { host: '127.0.0.1', port: good.port, isOk: true },
      {
        host: '127.0.0.1',
        port: silent.port,
        isOk: false,
        reason: 'network',
        text: '127.0.0.1 did not answer in time.',
      },
      { host: '127.0.0.1', port: 1, isOk: false, reason: 'network', text: '127.0.0.1 refuses connections.' },
    ]);
    expect(good.commands.some((line) => line.startsWith('MAIL'))).toBe(false);
  });
});
