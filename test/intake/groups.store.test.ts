/** Which odd values share a ticket (promises I-30): compared as NFC, letter case kept, however long. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { anAlert, openWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const long = 'x'.repeat(10_000);

it.each<[string, [string | undefined, string | undefined], number]>([
  ['composed and decomposed letters', ['caf\u00e9', 'cafe\u0301'], 1],
  ['a letter and its compatible form', ['\ufb01', 'fi'], 2],
  ['capitals and small letters', ['Ana', 'ana'], 2],
  ['sharp s and two s', ['stra\u00dfe', 'strasse'], 2],
  ['blanks at the end', ['ana', 'ana '], 2],
  ['something of no width', ['ana', 'an\u200Ba'], 2],
  ['letters that look alike', ['a', '\u0430'], 2],
  ['10 kB that are the same', [long, long], 1],
  ['10 kB that differ at the end', [`${long}a`, `${long}b`], 2],
  ['an empty value and none', ['', undefined], 1],
  ['an empty value and a blank', ['', ' '], 2],
])('%s', async (name, emails, tickets) => {
  const alerts = emails.map((email, n) => {
    const user = email === undefined ? {} : { user: { email } };
    return anAlert({ title: name, externalId: `${name} ${n}`, severity: 'high', user: undefined, ...user });
  });
  const ids: string[] = [];
  for (const alert of alerts) ids.push((await world.accept(alert)).id);
  await world.settled();
  const rows = await world.rows(
    `select delivery_state, group_id from deliveries where alert_id = any($1::bigint[])`,
    [ids],
  );
  expect(rows.map((row) => row.delivery_state)).toEqual(['delivered', 'delivered']);
  expect(new Set(rows.map((row) => row.group_id)).size).toBe(tickets);
});
