/** Hours and days of the dashboard by the clock of a workspace, counted from blocks that are described. */
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { writeAlerts } from '../../test/support/rows.ts';
import { openWorkspace, type Workspace } from '../../test/support/workspace.ts';
import { createBlocks } from '../blocks/index.ts';
import { readCounts, readSpans } from './store.ts';

let w: Workspace;
beforeAll(async () => {
  w = await openWorkspace();
  await w.db.unfenced((tx) =>
    tx.query('insert into workspace_index (workspace_id) values ($1)', [w.workspaceId]),
  );
});
afterAll(() => w.close());
beforeEach(async () => {
  for (const table of ['alert_blocks', 'alert_terms', 'block_counts', 'block_looks', 'deliveries', 'alerts'])
    await w.rows(`delete from ${table}`);
});

/** How many alerts each span has, of alerts that were received at these times. */
async function count(
  zone: string,
  { unit, spans, now }: { unit: 'hour' | 'day'; spans: number; now: string },
  times: readonly string[],
): Promise<Record<string, number>> {
  await w.rows(`update workspaces set time_zone = '${zone}'`);
  await writeAlerts(w, { first: 64, last: 64 + times.length - 1 });
  for (const [at, time] of times.entries())
    await w.rows(`update alerts set received_at = '${time}' where id = ${64 + at}`);
  // The block after it, so that it is complete.
  await writeAlerts(w, { first: 128, last: 128 });
  await w.rows(`update alerts set received_at = '2000-01-01T00:00:00Z' where id = 128`);
  await createBlocks({ db: w.db, log: pino({ level: 'silent' }), rest: async () => undefined }).turn();
  expect(await w.rows('select block from alert_blocks')).toEqual([{ block: '1' }]);
  // Settled: what is stored counts, nothing is counted live.
  await w.rows(`update alert_blocks set is_open = false`);
  return w.db.inWorkspace(w.workspaceId, async (tx) => {
    const beginnings = await readSpans(tx, w.workspaceId, { unit, spans, now: new Date(now) });
    const { rows } = await readCounts(tx, w.workspaceId, beginnings);
    return Object.fromEntries(
      beginnings.map((at) => [
        at.toISOString(),
        rows.reduce((sum, row) => sum + (row.at.getTime() === at.getTime() ? row.alerts : 0), 0),
      ]),
    );
  });
}

describe('days', () => {
  it.each([
    ['Asia/Kolkata', '18:30'],
    ['Asia/Kathmandu', '18:15'],
    ['UTC', '24:00'],
  ])('of %s begin at its midnight', async (zone, midnight) => {
    const [hour = 0, minute = 0] = midnight.split(':').map(Number);
    const at = (day: number, seconds: number) =>
      new Date(Date.UTC(2026, 5, day, hour, minute, seconds)).toISOString();
    const days = await count(zone, { unit: 'day', spans: 3, now: '2026-06-20T12:00:00Z' }, [
      at(16, -1),
      at(17, 0),
      at(17, 1),
      at(18, -1),
      at(18, 0),
      at(18, 24 * 60 * 60 - 1),
      at(19, 0),
    ]);
    expect(days).toEqual({ [at(17, 0)]: 3, [at(18, 0)]: 2, [at(19, 0)]: 1 });
  });

  it('of Berlin have 25 hours when summer time ends', async () => {
    const days = await count('Europe/Berlin', { unit: 'day', spans: 3, now: '2026-10-26T12:00:00Z' }, [
      '2026-10-24T21:59:59Z',
      '2026-10-24T22:00:00Z',
      '2026-10-25T22:30:00Z',
      '2026-10-25T22:59:59Z',
      '2026-10-25T23:00:00Z',
    ]);
    expect(days).toEqual({
      '2026-10-23T22:00:00.000Z': 1,
      '2026-10-24T22:00:00.000Z': 3,
      '2026-10-25T23:00:00.000Z': 1,
    });
  });

  it('of Berlin have 23 hours when it begins', async () => {
    const days = await count('Europe/Berlin', { unit: 'day', spans: 2, now: '2026-03-30T12:00:00Z' }, [
      '2026-03-28T22:59:59Z',
      '2026-03-28T23:00:00Z',
      '2026-03-29T21:59:59Z',
      '2026-03-29T22:00:00Z',
    ]);
    expect(days).toEqual({ '2026-03-28T23:00:00.000Z': 2, '2026-03-29T22:00:00.000Z': 1 });
  });
});

describe('hours', () => {
  it('of Kathmandu begin a quarter past those of the world', async () => {
    const hours = await count('Asia/Kathmandu', { unit: 'hour', spans: 2, now: '2026-06-20T12:40:00Z' }, [
      '2026-06-20T11:14:59Z',
      '2026-06-20T11:15:00Z',
      '2026-06-20T12:14:59Z',
      '2026-06-20T12:15:00Z',
    ]);
    expect(hours).toEqual({ '2026-06-20T11:15:00.000Z': 2, '2026-06-20T12:15:00.000Z': 1 });
  });

  it('are all there, once, in the night in which clocks go back by half of one', async () => {
    const hours = await count(
      'Australia/Lord_Howe',
      { unit: 'hour', spans: 3, now: '2026-04-04T16:10:00Z' },
      ['2026-04-04T14:10:00Z', '2026-04-04T14:50:00Z', '2026-04-04T15:10:00Z', '2026-04-04T16:05:00Z'],
    );
    expect(Object.values(hours).reduce((sum, n) => sum + n, 0)).toBe(4);
    expect(Object.keys(hours)).toHaveLength(3);
  });
});
