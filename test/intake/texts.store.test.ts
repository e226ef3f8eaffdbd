/** Odd texts, names, numbers and times (promises I-6, I-7, I-9 to I-12, I-20, I-21): stored whole, shown the same. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectProblem } from './expectations.ts';
import { type IntakeServer, least, startIntake } from './server.ts';

let server: IntakeServer;
beforeAll(async () => {
  server = await startIntake();
});
afterAll(() => server.close());

/** Sends the text of one alert, expects it to be stored, and answers it as GET shows it. */
async function stored(text: string) {
  const answer = await server.post(text);
  expect([answer.status, answer.body.results?.[0]?.status]).toEqual([202, 'accepted']);
  const shown = await server.get(`/alerts/${answer.body.results[0].id}`);
  expect(shown.status).toBe(200);
  return { result: answer.body.results[0], shown: shown.body, text: shown.text };
}

/** An alert whose last member is written by hand. */
const withMember = (name: string, spelled: string, more: Record<string, unknown> = {}): string =>
  `${JSON.stringify(least(more)).slice(0, -1)},${JSON.stringify(name)}:${spelled}}`;

describe('names that mean something to JavaScript (I-6)', () => {
  it.each([
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    'then',
    'toJSON',
    'valueOf',
    '__defineGetter__',
  ])('%s is data', async (name) => {
    const value = { prototype: { polluted: true }, polluted: true };
    const { shown } = await stored(withMember(name, JSON.stringify(value)));
    expect(Object.entries(shown.alert.raw)).toEqual([[name, value]]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it.each(['__proto__', '\\u005f_proto__', '__proto\\u005f_'])(
    '%s is refused, however deep',
    async (name) => {
      for (const spelled of [`{"${name}":{"polluted":true}}`, `{"a":[{"${name}":{"polluted":true}}]}`]) {
        expectProblem(await server.post(spelled), 400, 'forbiddenKey');
      }
      expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    },
  );

  it('labels of such names stay labels', async () => {
    const labels = Object.fromEntries(['constructor', 'toString', 'then'].map((name) => [name, 'a']));
    const { shown } = await stored(JSON.stringify(least({ labels })));
    expect(shown.alert.labels).toEqual(labels);
  });
});

describe('NUL and lone surrogates (I-7, I-8)', () => {
  it('NUL is shown as U+2400 everywhere, with a flag', async () => {
    const alert = least({
      source: 'e\0dr',
      title: '\0',
      description: 'a\0b\0',
      status: 'n\0w',
      user: { email: '\0@x.example', name: 'A\0' },
      organization: { externalId: 'org\0', name: '\0' },
      labels: { 'k\0': 'v\0' },
      events: [{ summary: '\0' }],
      more: { 'm\0': ['\0'] },
    });
    alert.externalId = `${alert.externalId}\0`;
    const { result, shown, text } = await stored(JSON.stringify(alert));
    const expected = JSON.parse(JSON.stringify(alert).replaceAll('\\u0000', '\u2400'));
    const { more, ...known } = expected;
    expect(shown.alert).toMatchObject(known);
    expect(shown.alert.raw).toEqual({ more });
    expect(shown).toMatchObject({ source: 'e\u2400dr', title: '\u2400', status: 'n\u2400w' });
    expect([result.externalId, shown.externalId]).toEqual([expected.externalId, expected.externalId]);
    expect(shown.flags).toContain('nulReplaced');
    expect(text).not.toContain('\\u0000');
  });

  it('lone surrogates are shown as U+FFFD, with a flag; pairs stay', async () => {
    const { shown } = await stored(withMember('more', '"\\ud800 \\udc00 \\ud83d\\ude00"'));
    expect(shown.alert.raw.more).toBe('\ufffd \ufffd 😀');
    expect(shown.flags).toContain('surrogateReplaced');
  });

  it('two ids that become the same are the same alert', async () => {
    const alert = least({ externalId: 'with-nul\0' });
    const first = await server.post(JSON.stringify(alert));
    const second = await server.post(JSON.stringify({ ...alert, externalId: 'with-nul\u2400' }));
    expect(second.body.results[0].id).toBe(first.body.results[0].id);
  });
});

describe('text of any kind stays as it is (I-9, I-10, I-12)', () => {
  it.each([
    ['joined emoji', '👩‍👩‍👧‍👦🏳️‍🌈'],
    ['combining marks by the hundred', `e${'\u0301\u0489'.repeat(500)}`],
    ['four-byte characters', '𝔘𠀋'.repeat(1_000)],
    ['right-to-left override', 'invoice\u202Efdp.exe\u202C'],
    ['isolates and marks', '\u2066a\u2069\u200E\u200F'],
    ['zero width', 'a\u200Bb\u200C\u200D\u2060\uFEFF'],
    ['tag characters', '\u{E0041}\u{E007F}'],
    ['letters that look alike', 'Nоrthwind'],
    ['CR, LF and tab', 'a\r\nb\tc\rd'],
    ['other line ends', 'a\u2028b\u2029c\u0085d\u000bd'],
    ['control characters', '\u0001\u001b[31m\u007f\u009b'],
    ['noncharacters', '\ufffe\uffff'],
    ['template signs', '{{ alert.title }}{% raw %}$\u007bx}%s#{y}'],
    ['markup', '<script>alert(1)</script>&amp;"\'`'],
    ['SQL', `'; drop table alerts; --`],
    ['blanks around', '  a  '],
    ['10 kB', 'ä'.repeat(5_000)],
  ])('%s', async (_name, value) => {
    const members = {
      title: value,
      description: value,
      eventType: value,
      application: value,
      organization: { externalId: value, name: value },
      user: { email: value, name: value },
      device: { name: value },
      labels: { [value.slice(0, 200)]: value },
      events: [{ type: value, summary: value }],
    };
    const { shown } = await stored(JSON.stringify(least({ ...members, anything: [value] })));
    expect(shown.alert).toMatchObject(members);
    expect(shown.alert.raw).toEqual({ anything: [value] });
    expect(shown.title).toBe(value);
  });

  it('an id of any text identifies its alert', async () => {
    for (const externalId of ['a\r\nb', '\u202E', '👩‍👩‍👧', "' or 1=1", '../../x', 'x'.repeat(1_000)]) {
      const alert = least({ externalId });
      const first = await stored(JSON.stringify(alert));
      const again = await server.post(JSON.stringify(alert));
      expect(again.body.results[0]).toEqual({ id: first.result.id, externalId, status: 'duplicate' });
    }
  });
});

describe('long texts (I-11)', () => {
  it.each([
    ['description', 8_000_000],
    ['title', 1_000_000],
    ['recommendedAction', 1_000_000],
  ])('%s of %i characters is stored whole, and the list still answers', async (name, length) => {
    const value = 'x'.repeat(length);
    const { shown } = await stored(JSON.stringify(least({ [name]: value })));
    expect(shown.alert[name] === value).toBe(true);
    expect((await server.get('/alerts?limit=3')).status).toBe(200);
  });

  it('names that are far too long are refused, not cut', async () => {
    const long = 'x'.repeat(20_001);
    for (const members of [
      { source: long },
      { externalId: long },
      { status: long },
      { user: { email: long } },
    ]) {
      const answer = await server.post(JSON.stringify(least(members)));
      expectProblem(answer, 422, 'invalid');
      expect(answer.body.errors[0].code).toBe('tooBig');
    }
  });
});

describe('numbers (I-20)', () => {
  it.each([
    '9007199254740993',
    '1e400',
    '-1e-400',
    '-0',
    '1.0',
    '1E5',
    '0.1000',
    '7'.repeat(400),
    '3.141592653589793238462643383279',
  ])('%s is shown as it was spelled', async (spelled) => {
    const { text } = await stored(withMember('n', `{"list":[${spelled}],"more":${spelled}}`));
    expect(text).toContain(`"raw":{"n":{"list":[${spelled}],"more":${spelled}}}`);
  });

  it('in a label is its spelling as text', async () => {
    const { shown } = await stored(withMember('labels', '{"a":9007199254740993,"b":1e400,"c":-0}'));
    expect(shown.alert.labels).toEqual({ a: '9007199254740993', b: '1e400', c: '-0' });
  });

  it.each(['source', 'externalId', 'title', 'severity', 'status', 'incidentId', 'occurredAt'])(
    'for the text %s is refused by name',
    async (name) => {
      for (const spelled of ['17', '9007199254740993', '1e400']) {
        const answer = await server.post(withMember(name, spelled));
        expectProblem(answer, 422, 'invalid');
        expect(answer.body.errors).toEqual([
          { field: name, code: 'invalidType', message: `${name} must be text, not a number.` },
        ]);
      }
    },
  );

  it.each(['7'.repeat(1_001), '1e10000', '1e-99999'])('beyond any use is refused: %#', async (spelled) => {
    expectProblem(await server.post(withMember('n', spelled)), 400, 'numberTooLarge');
  });

  it('a change in the last digit is a change', async () => {
    const externalId = 'big-number';
    const first = await stored(withMember('n', '9007199254740992', { externalId }));
    const next = await server.post(withMember('n', '9007199254740993', { externalId }));
    expect(next.body.results[0]).toMatchObject({ id: first.result.id, status: 'updated' });
    expect((await server.get(`/alerts/${first.result.id}`)).text).toContain('"n":9007199254740993');
  });
});

describe('times (I-21)', () => {
  const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();

  it.each([
    ['now', inHours(0), []],
    ['an hour ago', inHours(-1), []],
    ['a clock ten minutes ahead', inHours(1 / 6), []],
    ['in 23 hours', inHours(23), []],
    ['in 25 hours', inHours(25), ['timeInFuture']],
    ['year 0', '0000-01-01T00:00:00Z', []],
    ['year 9999', '9999-12-31T23:59:59Z', ['timeInFuture']],
    ['year 275760', '+275760-09-13T00:00:00Z', ['timeInFuture']],
    ['year 275761', '+275761-01-01T00:00:00Z', ['timeUnclear']],
    ['a leap second', '2016-12-31T23:59:60Z', []],
    ['without a zone', '2026-03-29T02:30:00', ['timeUnclear']],
    ['with a zone of its own', '2026-03-29T02:30:00+05:45', []],
    ['a day that does not exist', '2026-02-30T00:00:00Z', ['timeUnclear']],
    ['seconds since 1970', '1763600000', ['timeUnclear']],
    ['words', 'yesterday', ['timeUnclear']],
    ['nothing', '', ['timeUnclear']],
  ])('%s is stored as given, beside our own', async (_name, occurredAt, flags) => {
    const before = Date.now();
    const { shown } = await stored(JSON.stringify(least({ occurredAt })));
    expect(shown).toMatchObject({ occurredAt, flags });
    expect(shown.alert.occurredAt).toBe(occurredAt);
    // Database and test run on one clock.
    expect(Math.abs(Date.parse(shown.receivedAt) - before)).toBeLessThan(60_000);
  });

  it('the list is in our order, not by theirs', async () => {
    const ids: string[] = [];
    for (const occurredAt of [inHours(20), inHours(-20), inHours(0)]) {
      ids.unshift((await stored(JSON.stringify(least({ occurredAt })))).result.id);
    }
    const { body } = await server.get('/alerts?limit=3');
    expect(body.items.map(({ id }: { id: string }) => id)).toEqual(ids);
  });
});

it('nothing of it was a surprise', () => {
  expect(server.logLines.join('')).not.toContain('http.surprise');
});
