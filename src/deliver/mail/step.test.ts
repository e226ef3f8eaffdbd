import { describe, expect, it } from 'vitest';
import type { MailRefusal } from '../../smtp/index.ts';
import { type MailFacts, mailStep } from './step.ts';
import { mailCredit, mailTimingOf, mostMailsAtOnce, waitAfterTry, waitForMail } from './timing.ts';

const timing = mailTimingOf();
const minute = 60_000;
const hour = 60 * minute;

const facts = (members: Partial<MailFacts> = {}): MailFacts => ({
  tries: 0,
  triedForMs: 0,
  unclear: 0,
  isShort: false,
  timing,
  random: 0.5,
  ...members,
});

const refused = (members: Partial<MailRefusal> = {}): MailRefusal => ({
  kind: 'refused',
  about: 'recipient',
  isFinal: false,
  reason: 'reply',
  text: '450 try later',
  ...members,
});

describe('a mail that was taken', () => {
  it('is delivered', () => {
    const end = mailStep({ kind: 'done', reply: '250 ok', server: 'mx' }, facts());
    expect(end).toEqual({ kind: 'delivered', reply: '250 ok', mayBeTwice: false });
  });

  it('after one of which nobody knows may be there twice, which is said', () => {
    const end = mailStep({ kind: 'done', reply: '250 ok', server: 'mx' }, facts({ unclear: 1 }));
    expect(end).toMatchObject({ mayBeTwice: true });
  });
});

describe('a mail that was deferred', () => {
  it('is tried again after 1, 5, 15 minutes, 1 hour and then each 2 hours', () => {
    const waits = [0, 1, 2, 3, 4, 5, 29].map((tries) => {
      const end = mailStep(refused(), facts({ tries }));
      return end.kind === 'again' ? end.inMs / minute : end;
    });
    expect(waits).toEqual([1, 5, 15, 60, 120, 120, 120]);
  });

  it('is given to a person after 72 hours, not a millisecond earlier', () => {
    const kinds = [72 * hour - 1, 72 * hour].map((triedForMs) =>
      mailStep(refused(), facts({ tries: 39, triedForMs })),
    );
    expect(kinds.map(({ kind }) => kind)).toEqual(['again', 'park']);
    expect(kinds[1]).toMatchObject({ problem: 'Not taken for 72 hours. 450 try later' });
  });

  it('because no server can be used waits as long as that takes, whatever its age', () => {
    const end = mailStep(
      refused({ about: 'server', reason: 'network', retryAfterMs: 30_000 }),
      facts({ triedForMs: 90 * hour }),
    );
    expect(end).toMatchObject({ kind: 'again', inMs: 30_000, countsAsTry: false });
  });

  it('because its permit ran out is tried at once', () => {
    expect(mailStep(refused({ about: 'message', reason: 'permit' }), facts())).toMatchObject({
      kind: 'again',
      inMs: 0,
      countsAsTry: false,
    });
  });
});

describe('a mail that was refused for good', () => {
  it('waits for a person; if it was the address, that is counted', () => {
    const text = '550 no such user';
    expect(mailStep(refused({ isFinal: true, text }), facts())).toEqual({
      kind: 'park',
      problem: text,
      isAddress: true,
    });
    expect(mailStep(refused({ isFinal: true, about: 'message', text: '554 spam' }), facts())).toEqual({
      kind: 'park',
      problem: '554 spam',
    });
  });

  it('because of its size is cut once, then waits for a person (K-10)', () => {
    const tooLarge = refused({ about: 'message', isFinal: true, reason: 'size', text: 'too large' });
    expect(mailStep(tooLarge, facts())).toMatchObject({ kind: 'again', inMs: 0, isShort: true });
    expect(mailStep(tooLarge, facts({ isShort: true }))).toEqual({ kind: 'park', problem: 'too large' });
  });
});

describe('a mail that was lost after its last byte (K-4)', () => {
  const lost = { kind: 'uncertain', evidence: 'The line broke.' } as const;

  it.each([lost, { kind: 'takenOver' } as const])('is sent once more: %j', (event) => {
    expect(mailStep(event, facts())).toMatchObject({ kind: 'again', inMs: 5 * minute, isUnclear: true });
  });

  it('twice waits for a person: there are two copies at the most', () => {
    const end = mailStep(lost, facts({ tries: 1, unclear: 1 }));
    expect(end).toMatchObject({ kind: 'park', isUnclear: true });
    expect(end.kind === 'park' && end.problem).toContain('sent 2 times');
  });
});

it('a mail that is refused after one of which nobody knows may be there, which is said', () => {
  const end = mailStep(refused({ isFinal: true, text: '550 gone.' }), facts({ unclear: 1 }));
  expect(end).toMatchObject({ kind: 'park', isUnclear: true, isAddress: true });
  expect(end.kind === 'park' && end.problem).toContain('may have arrived');
});

describe('the ration of an address', () => {
  it('is so many at once, then one a minute', () => {
    expect(mailCredit(0, 10 * minute, timing)).toBe(mostMailsAtOnce);
    expect(mailCredit(0.5, minute / 4, timing)).toBe(0.75);
    expect([waitForMail(0.75, timing), waitForMail(1, timing)]).toEqual([minute / 4, 0]);
  });
});

it('all spans are shortened together for tests', () => {
  const short = mailTimingOf(4_200);
  expect(short.permitMs).toBe(1_050);
  expect(short.contentMs).toBe(2_400);
  expect(waitAfterTry(1, 0, 0.5, short)).toBeCloseTo(600);
  expect(waitAfterTry(1, 72 * 36_000, 0.5, short)).toBeUndefined();
});
