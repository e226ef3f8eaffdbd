import { describe, expect, it } from 'vitest';
import { explain } from './explain.ts';
import { exampleRow } from './fixtures/row.ts';
import type { DeliveryRow } from './row.ts';

const later = new Date('2026-11-20T12:05:00Z');
const laterText = '2026-11-20T12:05:00.000Z';
const greylisted = 'smtp.msp.example answered: 451 4.7.1 Greylisted';
const attention = 'The mail server refuses the login.';

const mail = (members: Partial<DeliveryRow>) =>
  explain(
    exampleRow({ mail_target: 'ana@msp.example', channel_name: null, connection_state: null, ...members }),
  );

describe('a mail that waits says what for', () => {
  it.each<[string, Partial<DeliveryRow>, string | null, string]>([
    ['a server', {}, null, 'Goes out as soon as a mail server takes it.'],
    [
      'a worker',
      { is_served: false },
      null,
      'No worker sends mail at this moment; the next one takes it up within 30 seconds.',
    ],
    [
      'the next digest',
      { blocked_until: later },
      laterText,
      'Goes out in the next mail to this address, with others: many came at once.',
    ],
    [
      'an earlier mail that was deferred',
      { blocked_until: later, box_problem: greylisted },
      laterText,
      `Waits behind an earlier mail to this address that was not taken yet. Last answer: ${greylisted}`,
    ],
    [
      'a person, before it was ever sent',
      { mail_attention: attention },
      null,
      `No mail leaves: ${attention} It is about to be held.`,
    ],
  ])('%s', (_name, members, at, words) => {
    expect(mail(members)).toEqual({ words: 'Waits to be sent.', next: { at, words } });
  });

  it.each<[string, Partial<DeliveryRow>, string | null, string]>([
    [
      'its next try, which 72 hours end',
      { mail_due_at: later, tries: 2 },
      laterText,
      `Is tried again at 12:05 UTC, and so on for 72 hours at most. Last answer: ${greylisted}`,
    ],
    [
      'its next try, which nothing ends while no server can be asked',
      { mail_due_at: later },
      laterText,
      `Is tried again at 12:05 UTC. Last answer: ${greylisted}`,
    ],
    [
      'its address',
      { blocked_until: later },
      laterText,
      `The address is tried again at 12:05 UTC. Last answer: ${greylisted}`,
    ],
    [
      'a person: it keeps its place and is not held',
      { mail_due_at: later, mail_attention: attention },
      null,
      `It is tried again when the mail servers work: ${attention}`,
    ],
  ])('once it was tried: %s', (_name, members, at, words) => {
    expect(mail({ problem: greylisted, ...members })).toEqual({
      words: 'Was not taken yet.',
      next: { at, words },
    });
  });
});

describe('a mail of which nobody knows', () => {
  const words = 'Was sent, but no answer came: it may have arrived.';

  it('is sent once more', () => {
    expect(mail({ delivery_state: 'uncertain', mail_due_at: later })).toEqual({
      words,
      next: {
        at: laterText,
        words: 'It is sent once more, with the same Message-ID: by that a second copy is known.',
      },
    });
  });

  it('waits for that while the servers need a person', () => {
    const row = { delivery_state: 'uncertain', mail_due_at: later, mail_attention: attention } as const;
    const next = { at: null, words: `It is sent once more when the mail servers work: ${attention}` };
    expect(mail(row)).toEqual({ words, next });
  });
});

it.each<[Partial<DeliveryRow>, string]>([
  [{ write_kind: 'mail' }, 'Was mailed to ana@msp.example: a mail server took it.'],
  [{ write_kind: 'mailDigest' }, 'Was mailed with others to ana@msp.example: a mail server took it.'],
  [{ revision: 0 }, 'Was mailed to ana@msp.example that its ticket is pending: a mail server took it.'],
  [
    { problem: 'An earlier attempt may have arrived too: possible duplicate.' },
    'Possible duplicate: was mailed to ana@msp.example, and an earlier attempt may have arrived too, with the same Message-ID.',
  ],
])('a mail that was taken says so, and what is special about it: %j', (members, words) => {
  expect(mail({ delivery_state: 'delivered', problem: '', ...members })).toEqual({ words, next: null });
});

it.each<[string, RegExp]>([
  [
    'refused',
    /^If the address is right, ask who runs its mail server, then retry\. If it is wrong, correct it/,
  ],
  ['addressStopped', /^If the address works again, allow it and retry\./],
  ['unclear', /^Ask the recipient whether it arrived, or look for its Message-ID/],
  ['unwritable', /^Correct the subject format/],
  ['another', /^Mend the cause and retry/],
])('one that failed as %s says what helps', (reason, next) => {
  const explained = mail({ delivery_state: 'failed', reason, problem: 'It said no.' });
  expect(explained.words).toBe('Needs a person: It said no.');
  expect(explained.next).toEqual({ at: null, words: expect.stringMatching(next) });
});
