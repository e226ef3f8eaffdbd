/** The rows of the catalogue about misbehaving PSAs (promises §3.4): one run is every case at every call that can meet it. */

const file = 'test/promises/j.store.test.ts';
const rowOf = <Id extends string>(id: Id, promise: string, shows: string, bar: string, place = file) => ({
  id,
  promise,
  shows,
  file: place,
  of: 'runs of all its cases',
  bar,
  pr: 1,
  nightly: 100,
  slice: 10,
});
const once = 'each alert once on the PSA, evidence ≤ 2 kB without secrets';
const settings = 'test/promises/jSettings.store.test.ts';
const others = 'test/promises/jSearches.store.test.ts';

export const faultRows = [
  rowOf('J-1', 'P3, P8', 'too many calls is not done, and is tried again', `${once}, no try used up`),
  rowOf('J-2', 'P3', 'errors of servers and gateways are uncertain', once),
  rowOf(
    'J-3',
    'P3, P8',
    'a missing right or a refused login stops what it concerns',
    'nothing else stops',
    others,
  ),
  rowOf('J-4', 'P3', 'no answer before the commit is uncertain', once),
  rowOf('J-5', 'P3', 'no answer after the commit is adopted', once),
  rowOf('J-6', 'P3', 'answers without a usable id are adopted by key', once),
  rowOf(
    'J-7',
    'P3',
    'slow answers end at the deadline and are uncertain',
    `${once}; given up after 30 s ± 1 s`,
  ),
  rowOf(
    'J-9',
    'P3',
    'a connection that cannot be trusted is never used',
    'bytes sent 0, reason in words, 1,000 failing handshakes leave ≤ 5 MB in memory',
    'test/promises/j9.store.test.ts',
  ),
  rowOf(
    'J-10',
    'P3',
    'answers without measure are cut off',
    `${once}; memory of a process that only calls, garbage collected between floods, ≤ +50 MB`,
  ),
  rowOf('J-11', 'P17', 'redirects are not followed', 'calls to the second host 0', others),
  rowOf(
    'J-12',
    'P3',
    'a changed schema is ignored, uncertain or parked with the field, and found by the daily check',
    `${once}; a value that is no longer offered is a notice at the check of the day, before an alert meets it`,
  ),
  rowOf(
    'J-13',
    'P13',
    'a deactivated list value is replaced once',
    'ticket made, operator told, 2 calls',
    settings,
  ),
  rowOf(
    'J-14',
    'P13',
    'an inactive account falls back to the catch-all',
    'ticket made or parked, ≤ 1 notice an hour',
    settings,
  ),
  rowOf('J-15', 'P13', 'an inactive contact is left out', 'ticket made, says so', settings),
  rowOf(
    'J-16',
    'P13, P3',
    'a lost, closed or locked ticket is continued',
    '≤ 1 new ticket for 50 alerts',
    settings,
  ),
  rowOf('J-17', 'P3', 'searches that lie are not believed', 'adopted only by exact key', others),
  rowOf(
    'J-19',
    'P3',
    'an outage is probed, and its end is noticed',
    'few calls meanwhile, each alert once',
    others,
  ),
  rowOf(
    'J-21',
    'P8',
    'a quota that others have used up is left to them, and what is left of it goes to critical alerts',
    'the connection says why, critical first, no try used up, all delivered after',
    'test/promises/j21.store.test.ts',
  ),
  rowOf('J-22', 'P3', 'long texts are cut by us', 'the marker survives', settings),
] as const;
