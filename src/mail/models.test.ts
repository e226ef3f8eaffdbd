import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { severities } from '../alerts/types.ts';
import {
  type AlertMail,
  alertModel,
  type DigestEntry,
  digestModel,
  htmlOf,
  reviewModel,
  textOf,
} from './index.ts';
import { shortened } from './short.ts';
import type { MailModel } from './types.ts';

const baseUrl = 'https://herald.example';
const why = 'You get this mail because your address is a global recipient in Herald.';

function mail({
  alert,
  ...rest
}: Partial<Omit<AlertMail, 'alert'>> & { alert?: Partial<AlertMail['alert']> } = {}): AlertMail {
  return {
    alert: {
      source: 'edr',
      externalId: 'evt-1',
      title: 'Odd sign-in',
      severity: 'critical',
      originalSeverity: 'critical',
      flags: [],
      ...alert,
    },
    alertId: '123',
    organizationName: 'Northwind Dental',
    timeZone: 'Europe/Berlin',
    detail: { respond: true, ioc: true },
    why,
    baseUrl,
    ...rest,
  };
}

const textFor = (input: Parameters<typeof mail>[0]) => textOf(alertModel(mail(input)));
const htmlFor = (input: Parameters<typeof mail>[0]) => htmlOf(alertModel(mail(input)));
const eventsFor = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    type: 'mail.rule',
    at: '2026-11-20T02:14:05Z',
    summary: `Event ${i}`,
  }));

const everything = mail({
  alert: {
    originalSeverity: 'P1',
    description: 'Signed in from a new country.\nThen made a rule.',
    eventType: 'iam.outside_location',
    status: 'new',
    occurredAt: '2026-11-20T02:14:05Z',
    user: { email: 'ana@northwind.example', name: 'Ana Lima' },
    device: { name: 'web-1', ip: '10.0.0.5' },
    application: 'Microsoft 365',
    ip: '203.0.113.9',
    location: { country: 'XX', city: 'Exampleton' },
    rule: { kind: 'respond', id: 'rr-5', name: 'New inbox rule' },
    events: eventsFor(2),
    incidentId: '4411',
    url: 'https://edr.example/alerts/1?a=b&c=d',
    recommendedAction: 'Call Ana.\nReset her password.',
  },
  ticket: { number: 'T42', link: 'https://psa.example/t/42', connectionName: 'Main PSA' },
});

describe('a mail about an alert', () => {
  it('says everything as text', () => {
    expect(textOf(alertModel(everything))).toBe(`CRITICAL · Security alert
Odd sign-in
Northwind Dental
20 Nov 2026, 02:14:05 UTC (03:14:05 Europe/Berlin)

What to do next
Call Ana.
Reset her password.

Open the alert in Herald:
https://herald.example/alerts/123
Open it at its source (edr.example):
https://edr.example/alerts/1?a=b&c=d
Open ticket T42 in Main PSA:
https://psa.example/t/42

User: Ana Lima (ana@northwind.example)
Device: web-1 (10.0.0.5)
Application: Microsoft 365
IP address: 203.0.113.9
Location: Exampleton, XX
Rule: New inbox rule (respond, rr-5)
Event type: iam.outside_location
Status: new
Source severity: P1
Incident: 4411
Source: edr
Source id: evt-1
Ticket: T42 in Main PSA

What happened
Signed in from a new country.
Then made a rule.

Respond events (2, times in UTC)
- 2026-11-20 02:14:05 · mail.rule · Event 0
- 2026-11-20 02:14:05 · mail.rule · Event 1

-- 
You get this mail because your address is a global recipient in Herald.
E-mail only tells of alerts. Whatever is changed there, alerts are found and handled as before.
Who gets which mails: https://herald.example/settings/psa
`);
  });

  it('says the same as HTML', () => {
    const html = htmlOf(alertModel(everything)).replace(/<br>\n/g, '\n');
    const said = textOf(alertModel(everything)).split('\n');
    const lines = said.filter((one) => one !== '' && !/^CRITICAL|^-|^Who gets|:$|^Respond events/.test(one));
    expect(lines.length).toBeGreaterThan(20);
    for (const one of lines) {
      const value = (/^[A-Z][A-Za-z ]+: (.+)$/.exec(one)?.[1] ?? one).replaceAll('&', '&amp;');
      expect(html).toContain(value);
    }
    for (const word of ['>Critical<', 'Respond events (2, times in UTC)', '>Event 1<', '>mail.rule<'])
      expect(html).toContain(word);
  });

  it('with nothing but a title has no empty places', () => {
    const text = textFor({ organizationName: '' });
    expect(text).toContain('Odd sign-in\nNot assigned to an organization\n\nOpen the alert');
    expect(text).not.toMatch(/undefined|null|\n\n\n/);
    const html = htmlFor({});
    expect(html).not.toMatch(/undefined|\[\[|<each|What happened|What to do next|Events/);
  });

  it('says when it came in if its source gives no time, and never computes with a time that is unclear', () => {
    const receivedAt = new Date('2026-11-20T02:14:05Z');
    expect(alertModel(mail({ receivedAt })).when).toBe(
      'Received 20 Nov 2026, 02:14:05 UTC (03:14:05 Europe/Berlin)',
    );
    expect(alertModel(mail({ alert: { occurredAt: '2026-11-20 02:14' } })).when).toBe(
      '2026-11-20 02:14 (as the source gives it)',
    );
  });

  it('links to the source by http and https only; anything else is text (I-14)', () => {
    const html = htmlFor({ alert: { url: 'javascript:alert(1)' } });
    expect(html).toContain('<bdi>javascript:alert(1)</bdi>');
    expect(html).not.toMatch(/href="javascript/i);
    const ticket = { number: 'T42', link: 'javascript:alert(1)', connectionName: 'Main PSA' };
    expect(htmlFor({ ticket })).not.toContain('javascript');
    expect(textFor({ ticket })).toContain('Ticket: T42 in Main PSA');
  });

  it('an update says what changed, the way out what has not happened, a test that it is one', () => {
    expect(textFor({ update: { words: 'severity low → critical' } })).toContain(
      'What changed: severity low → critical.',
    );
    const wayOut = alertModel(
      mail({ wayOut: { connectionName: 'Main PSA', words: 'The login was refused.' } }),
    );
    expect(wayOut).toMatchObject({ kind: 'wayOut', label: 'Security alert, not in the PSA yet' });
    expect(wayOut.notices[0]).toContain('Main PSA has not taken this alert');
    expect(wayOut.notices[1]).toBe('The login was refused.');
    const test = alertModel(mail({ isTest: true }));
    expect([test.kind, test.notices[0]]).toEqual(['test', expect.stringContaining('Nothing has happened')]);
    expect(alertModel(mail({ alert: { flags: ['test'] } })).notices[0]).toContain('source has marked');
  });

  it('long text is cut, and a link leads to the rest', () => {
    const html = htmlFor({ alert: { description: 'word '.repeat(5_000) } });
    expect(html).toMatch(/… <a href="https:\/\/herald\.example\/alerts\/123"[^>]*>full text in Herald<\/a>/);
    expect(textFor({ alert: { description: 'word '.repeat(5_000) } })).toContain(
      '… full text in Herald: https://herald.example/alerts/123',
    );
  });
});

describe('event detail (req 115–117)', () => {
  const both = { respond: true, ioc: true };
  it.each([
    ['respond', { respond: true, ioc: false }, true],
    ['Respond', { respond: true, ioc: false }, true],
    ['respond', { respond: false, ioc: true }, false],
    ['ioc', { respond: false, ioc: true }, true],
    ['IOC', { respond: true, ioc: false }, false],
    ['other', { respond: true, ioc: false }, true],
    [undefined, { respond: false, ioc: true }, true],
    [undefined, { respond: false, ioc: false }, false],
  ])('events of a rule of kind %s with %j: listed %s', (kind, detail, isListed) => {
    const text = textFor({
      detail,
      alert: { rule: kind === undefined ? {} : { kind }, events: eventsFor(12) },
    });
    expect(text.includes('Event 11')).toBe(isListed);
    expect(text.includes('12 events, with details in Herald: https://herald.example/alerts/123')).toBe(
      !isListed,
    );
  });

  it('changes nothing else', () => {
    const alert = { rule: { kind: 'ioc' }, events: eventsFor(3) };
    const { events: on, ...withOn } = alertModel(mail({ alert, detail: both }));
    const { events: off, ...withOff } = alertModel(mail({ alert, detail: { respond: true, ioc: false } }));
    expect(withOff).toEqual(withOn);
    expect([on?.total, on?.rows.length, off?.total, off?.rows.length]).toEqual([3, 3, 3, 0]);
  });

  it('of 5,000 events 100 are listed and the others counted', () => {
    const alert = { rule: { kind: 'respond' }, events: eventsFor(5_000) };
    const words = '… and 4,900 more in Herald';
    expect(textFor({ alert })).toContain(
      `- 2026-11-20 02:14:05 · mail.rule · Event 99\n${words}: https://herald.example/alerts/123`,
    );
    expect(htmlFor({ alert })).toContain(words);
    expect(htmlFor({ alert })).not.toContain('Event 100<');
  });

  it('an event without anything is still a row, and a time without a zone is marked', () => {
    expect(textFor({ alert: { events: [{}] } })).toContain('- no details');
    const at = '2026-11-20T02:14:05';
    expect(textFor({ alert: { events: [{ at, type: 'x' }] } })).toContain(`- ${at} (as given) · x`);
  });
});

describe('a digest', () => {
  const digest = (count: number, entry: Partial<DigestEntry> = {}): MailModel =>
    digestModel({
      baseUrl,
      why,
      alerts: Array.from({ length: count }, (_, i) => ({
        alertId: String(1_000 + i),
        title: `Alert number ${i}`,
        severity: severities[i % 5] as DigestEntry['severity'],
        organizationName: `Organization ${i % 12}`,
        source: 'edr',
        externalId: `evt-${i}`,
        ...entry,
      })),
    });

  it('counts, and lists every alert, severest first and of those the newest', () => {
    const model = digest(40);
    expect(model.title).toBe('40 alerts: 8 critical, 8 high, 8 medium, 8 low, 8 informational');
    expect(model.severity).toBe('critical');
    const text = textOf(model);
    const listed = [...text.matchAll(/^- (\w+): Alert number (\d+)$/gm)].map(([, word, n]) => [
      word,
      Number(n),
    ]);
    expect(listed).toHaveLength(40);
    expect(listed.slice(0, 3)).toEqual([
      ['Critical', 39],
      ['Critical', 34],
      ['Critical', 29],
    ]);
    expect(listed.at(-1)).toEqual(['Informational', 0]);
    for (let i = 0; i < 40; i += 1)
      expect(htmlOf(model)).toContain(`href="https://herald.example/alerts/${1_000 + i}"`);
  });

  it('names the organizations with the most alerts, and counts the others', () => {
    const [organizations] = digest(120).lists;
    expect(organizations?.rows).toHaveLength(9);
    expect(organizations?.rows.at(-1)).toEqual({
      title: '4 more organizations',
      details: [expect.stringMatching(/^40 alerts: /)],
    });
  });

  it('of 1,500 alerts the text lists 1,000; the HTML as many as fit in 100 kB; both count the others', () => {
    const model = digest(1_500, {
      title: 'A title of quite some length & with <signs> that must be escaped',
    });
    const rows = (text: string) => text.split('/alerts/1').length - 1 + (text.split('/alerts/2').length - 1);
    expect(rows(textOf(model))).toBe(1_000);
    expect(textOf(model)).toContain('… and 500 more in Herald: https://herald.example/alerts\n');
    const html = htmlOf(model);
    expect(Buffer.byteLength(html)).toBeLessThanOrEqual(100_000);
    expect(rows(html)).toBeGreaterThan(200);
    expect(html).toContain(`… and ${(1_500 - rows(html)).toLocaleString('en-US')} more in Herald`);
    expect(html).toMatch(/<\/html>/);
  });

  it('says what changed, and whose nobody knows', () => {
    const text = textOf(digest(1, { organizationName: '', change: 'severity low → critical' }));
    expect(text).toContain('edr evt-0 · severity low → critical');
    expect(text).toContain('Not assigned to an organization');
  });
});

it('a review lists what is due, with why it exists and who answers for it', () => {
  const entry = {
    what: 'Recipient soc@northwind.example',
    note: 'Asked for',
    owner: 'Ines',
    reviewOn: '2026-10-01',
    link: `${baseUrl}/r`,
  };
  const entries = [entry, { ...entry, note: '', owner: ' ' }];
  const model = reviewModel({
    baseUrl,
    why,
    workspaceName: 'Acme IT',
    listLink: `${baseUrl}/reviews`,
    entries,
  });
  expect(model.title).toBe('2 delivery settings to review');
  const text = textOf(model);
  expect(text).toContain(
    '  Review date 2026-10-01 · Answered for by Ines · Asked for\n  https://herald.example/r',
  );
  expect(text).toContain('Nobody is named who answers for it · No note says why it exists');
  expect(htmlOf(model)).toContain('href="https://herald.example/reviews"');
});

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
