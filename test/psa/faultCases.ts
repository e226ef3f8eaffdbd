/** The misbehaviour of the PSA as the catalogue has it (promises §3.4), for the simulator. */
import type { FaultCase } from './faultRuns.ts';

/** Echoes what must not be kept: both secrets of the connection. */
const html = '<html>Sim-Secret-1 <h1>SIMULATORTRACKINGCODE000001</h1></html>';
const page = { body: html, contentType: 'text/html' };
const before = (members: object) => ({ kind: 'beforeCommit', ...members });
const after = (members: object) => ({ kind: 'afterCommit', ...members });
const writes = ['ticket', 'note', 'update'] as const;
const large = ['ticket', 'note', 'search'] as const;
const asked = ['zone', 'ticket', 'note'] as const;
const threads = 'Itgenatr005: The API thread threshold of 3 threads has been exceeded for this integration.';

export const faultCases = {
  'J-1': [
    {
      name: '429 with Retry-After',
      fault: before({ status: 429, retryAfter: '1' }),
      of: 'refused',
      at: asked,
    },
    { name: '429 without', fault: before({ status: 429 }), of: 'refused' },
    { name: '429 as a page', fault: before({ status: 429, ...page }), of: 'refused' },
    {
      name: 'thread limit as 500',
      fault: before({ status: 500, body: JSON.stringify({ errors: [threads] }) }),
      of: 'refused',
      at: ['ticket', 'note'],
    },
  ],
  'J-2': [
    { name: '500 without JSON, done', fault: after({ status: 500, body: '' }), of: 'uncertain' },
    { name: '502 page, not done', fault: before({ status: 502, ...page }), of: 'uncertain' },
    { name: '502 page, done', fault: after({ status: 502, ...page }), of: 'uncertain' },
    { name: '503, not done', fault: before({ status: 503, retryAfter: '1' }), of: 'uncertain' },
    { name: '504 page, done', fault: after({ status: 504, ...page }), of: 'uncertain' },
    { name: 'a challenge page with 200', fault: before({ status: 200, ...page }), of: 'uncertain' },
    {
      name: 'a page of 100 kB',
      fault: after({ status: 502, body: html.repeat(1_500), contentType: 'text/html' }),
      of: 'uncertain',
    },
  ],
  'J-4': [{ name: 'no answer, not done', fault: before({ answer: 'hang' }), of: 'uncertain' }],
  'J-5': [
    { name: 'no answer, done', fault: after({ answer: 'hang' }), of: 'uncertain' },
    {
      name: 'torn, done within the settle window',
      fault: { kind: 'lateCommit', answer: 'reset', commitAfterMs: 500 },
      of: 'uncertain',
      at: writes,
    },
  ],
  'J-6': [
    {
      name: 'half, announced whole',
      fault: after({ answer: 'truncate', withLength: true }),
      of: 'uncertain',
    },
    { name: 'half', fault: after({ answer: 'truncate', withLength: false }), of: 'uncertain' },
    ...(['null', 'missing', 'emptyBody', 'nullBody', 'array', 'text', 'zero', 'unsafe'] as const).map(
      (form): FaultCase => ({
        name: `id ${form}`,
        fault: after({ answer: 'noId', form }),
        of: 'uncertain',
        at: ['ticket', 'note', 'search'],
      }),
    ),
  ],
  'J-7': [
    { name: 'a byte at a time', fault: after({ answer: 'drip', everyMs: 60 }), of: 'uncertain' },
    { name: 'late', fault: after({ answer: 'ok', delayMs: 1_000 }), of: 'uncertain' },
  ],
  'J-10': [
    { name: '30 MB', fault: after({ answer: 'flood', bytes: 30_000_000 }), of: 'uncertain', at: large },
    {
      name: '60 MB in gzip',
      fault: after({ answer: 'flood', bytes: 60_000_000, gzip: true }),
      of: 'uncertain',
      at: large,
    },
    {
      name: 'a header of 10 MB',
      fault: after({ answer: 'bigHeader', bytes: 10_000_000 }),
      of: 'uncertain',
      at: large,
    },
  ],
  'J-12': [
    {
      name: 'the id is gone',
      fault: after({ answer: 'rewrite', drop: ['itemId', 'items'] }),
      of: 'uncertain',
    },
    {
      name: 'the id is renamed',
      fault: after({ answer: 'rewrite', rename: { itemId: 'key', id: 'key' } }),
      of: 'uncertain',
    },
    {
      name: 'text for a number',
      fault: after({ answer: 'rewrite', retype: ['itemId', 'id'] }),
      of: 'uncertain',
    },
    {
      name: 'new members',
      fault: after({ answer: 'rewrite', rename: { pageDetails: 'paging', ticketNumber: 'number' } }),
      of: 'refused',
      at: ['search', 'zone'],
    },
  ],
} as const satisfies Record<string, readonly FaultCase[]>;
