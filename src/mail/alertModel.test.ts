import { describe, expect, it } from 'vitest';
import { eventsFor, htmlFor, mail, textFor } from './fixtures/alertMail.ts';
import { alertModel, htmlOf, textOf } from './index.ts';

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

  it('says nothing of next steps where nothing has happened', () => {
    expect(textFor({ isTest: true })).not.toContain('What to do next');
  });

  it('with nothing but a title has no empty places', () => {
    const text = textFor({ organizationName: '' });
    expect(text).toContain(
      'Odd sign-in\nNot assigned to an organization\n\nWhat to do next\nIts source names no step.',
    );
    expect(text).not.toMatch(/undefined|null|\n\n\n/);
    const html = htmlFor({});
    expect(html).not.toMatch(/undefined|\[\[|<each|What happened|Events/);
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
