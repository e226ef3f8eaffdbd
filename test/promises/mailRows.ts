/** Rows of the catalogue: mail (promises §3.5, and §3.3 as far as mail is concerned). */
import type { Row } from './row.ts';

const answers = 'test/promises/kAnswers.store.test.ts';
const lines = 'test/promises/kLines.store.test.ts';
const content = 'test/promises/kContent.store.test.ts';
const texts = 'test/promises/iMail.store.test.ts';
const templates = 'test/promises/iTemplates.store.test.ts';

const rowOf = <Id extends string>(
  id: Id,
  promise: string,
  shows: string,
  bar: string,
  file: string,
  of = 'runs of all its cases',
) => ({ id, promise, shows, file, of, bar, pr: 1, nightly: 50, slice: 10 });

export const mailRows = [
  {
    id: 'P12',
    promise: 'P12, P9',
    shows: 'no mail is missing when workers are killed while mails flow, and a copy is known as one',
    file: 'test/promises/p12.service.test.ts',
    of: 'rounds of 200 mails, each with 10 kills (kill -9) of the worker',
    bar: 'lost 0, other Message-IDs for one mail 0, copies of a mail ≤ 2 and flagged',
    pr: 1,
    nightly: 50,
    slice: 5,
  },
  rowOf(
    'K-1',
    'P12',
    'a mail that is deferred at any step is tried again',
    'on schedule (1, 5, 15 min … 72 h), delivered once after acceptance',
    answers,
  ),
  rowOf(
    'K-2',
    'P12',
    'one refused recipient of three fails alone',
    'the other two once, the third parked with the text, no retry for it',
    answers,
  ),
  rowOf('K-3', 'P12', 'a message that is refused for good is parked', 'parked, no retry', answers),
  rowOf(
    'K-4',
    'P12',
    'a mail whose line breaks after the final dot is sent once more',
    'same Message-ID, copies ≤ 2, flagged "possible duplicate"',
    answers,
  ),
  {
    ...rowOf(
      'K-5',
      'P12, P6',
      'a server that takes nine minutes to answer the final dot is waited for',
      'waits 10 min there and no more, elsewhere a minute for each command; other mails not delayed',
      'test/promises/k5.store.test.ts',
      'runs; spans are 300 times shorter, but not in nightly runs',
    ),
    slice: 5,
  },
  rowOf(
    'K-6',
    'P16',
    'without TLS that can be trusted no mail leaves, let alone a password',
    'refused, no password over clear text: 0',
    lines,
  ),
  rowOf(
    'K-7',
    'P8',
    'a refused password is not tried again and again',
    '≤ 2 tries, then stop; no lockout',
    lines,
  ),
  rowOf(
    'K-8',
    'P12, P6',
    'slow, long and endless words of a server are cut off',
    'total deadline kept, memory flat (≤ +10 MB after a garbage collection)',
    lines,
  ),
  rowOf(
    'K-9',
    'P12, P18',
    'no text of an alert ends a mail or begins another',
    'exactly 1 message at the server, body equal',
    content,
  ),
  rowOf('K-10', 'P12', 'a mail that is too large for its server is cut', 'cut, not an endless 552', content),
  rowOf(
    'K-11',
    'P7, P12',
    '1,000 mails in a storm are few',
    '≤ set rate; digests that name every alert; no more than 1 connection per 5 mails',
    content,
  ),
  rowOf(
    'I-12',
    'P18',
    'line ends and controls in titles, names and addresses stay within their line',
    'one line in ticket title and mail subject, extra headers 0',
    texts,
  ),
  rowOf(
    'I-13',
    'P18, P17',
    'what is no single address gets no mail',
    'refused and named; mails to an address not on the list 0; parse ≤ 5 ms',
    texts,
  ),
  rowOf(
    'I-14',
    'P18',
    'hostile texts are escaped in the HTML of mails (tickets and screens: test/browser, src/plan)',
    'escaped; no address of a foreign host but in links that were given',
    texts,
  ),
  rowOf(
    'I-18',
    'P18, P4',
    'a template that is a bomb is refused, or gives way to the title',
    'refused within 250 ms; the alert still arrives, with the fallback text; no file read; main loop lag ≤ 50 ms',
    templates,
  ),
  rowOf(
    'I-19',
    'P18',
    'text of an alert that looks like a template is text',
    'literally in ticket and mail; rendered once only',
    templates,
  ),
] as const satisfies readonly Row[];
