import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { htmlFor, mail, textFor } from './fixtures/alertMail.ts';
import { alertModel, htmlOf, textOf } from './index.ts';
import { shortened } from './short.ts';

describe('whatever the alert says', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.constantFrom(
      '<script>',
      '</td>',
      '[[title]]',
      '<each of="rows">',
      '</each>',
      '{{ x }}',
      '"',
      "'",
      '\u202e',
      '\u2069',
      '&lt;',
      '\r\n',
      'שרה',
    ),
  );
  const text = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));
  const alerts = fc.record({
    source: text,
    externalId: text,
    title: text,
    originalSeverity: text,
    description: text,
    recommendedAction: text,
    eventType: text,
    status: text,
    occurredAt: text,
    user: fc.record({ email: text, name: text }),
    device: fc.record({ name: text, ip: text }),
    url: fc.oneof(
      text,
      text.map((one) => `https://${one}`),
    ),
    rule: fc.record({ kind: text, id: text, name: text }),
    events: fc.array(fc.record({ type: text, at: text, summary: text }), { maxLength: 3 }),
  });

  it('the HTML has the elements of the layout and no others, and every link is http or https', () => {
    const known = new Set([
      '!DOCTYPE',
      '!',
      'html',
      'head',
      'meta',
      'title',
      'style',
      'body',
      'table',
      'tbody',
      'tr',
      'td',
      'th',
      'div',
      'p',
      'h1',
      'h2',
      'hr',
      'a',
      'span',
      'bdi',
      'br',
      'strong',
      '!--',
      'i',
    ]);
    fc.assert(
      fc.property(alerts, text, (alert, organizationName) => {
        const html = htmlFor({ alert, organizationName, update: { words: organizationName } });
        for (const [, tag] of html.matchAll(/<\/?([!\w-]+)/g))
          expect(known).toContain(tag?.replace(/^!--.*/, '!--'));
        for (const [, href] of html.matchAll(/href="([^"]*)"/g)) expect(href).toMatch(/^https?:\/\//);
        expect(html.match(/<h1/g)).toHaveLength(1);
        expect(html).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
        expect(html.isWellFormed()).toBe(true);
      }),
    );
  });

  it('isolates of the text are closed in their line', () => {
    fc.assert(
      fc.property(alerts, (alert) => {
        for (const one of textFor({ alert }).split('\n')) {
          expect(one.split('\u2068').length).toBe(one.split('\u2069').length);
          expect(one).not.toMatch(/[\u202a-\u202e]/);
        }
      }),
    );
  });

  it('the model is the same after the journal', () => {
    fc.assert(
      fc.property(alerts, (alert) => {
        const model = alertModel(mail({ alert }));
        expect(JSON.parse(JSON.stringify(model))).toEqual(model);
      }),
    );
  });
});

it('the largest alert fits into 100 kB, and shortened into a fifth of that (promises K-10)', () => {
  const foul = '"\'&<'.repeat(2_000_000);
  const long = 'https://edr.example/'.padEnd(2_000, "'");
  const events = Array.from({ length: 5_000 }, () => ({ type: foul, at: foul, summary: foul }));
  const alert = {
    title: foul,
    description: foul,
    recommendedAction: foul,
    url: long,
    user: { name: foul, email: foul },
    device: { name: foul },
    application: foul,
    ip: foul,
    eventType: foul,
    status: foul,
    incidentId: foul,
    source: foul,
    externalId: foul,
    originalSeverity: foul,
    rule: { name: foul },
    events,
  };
  const model = alertModel(mail({ alert, organizationName: foul }));
  const html = htmlOf(model);
  expect(Buffer.byteLength(html)).toBeLessThanOrEqual(100_000);
  expect(html).toMatch(/more in Herald<\/a>/);
  const short = shortened(model);
  expect(Buffer.byteLength(htmlOf(short)) + Buffer.byteLength(textOf(short))).toBeLessThan(25_000);
  expect(textOf(short)).toContain('https://herald.example/alerts/123');
  expect(textOf(short)).toContain('Everything is in Herald.');
});
