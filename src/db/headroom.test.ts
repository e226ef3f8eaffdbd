import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { leastFree, mostLogMegabytes, type Space, spaceOnDisk, watchHeadroom } from './headroom.ts';

const megabyte = 1024 ** 2;
const gigabyte = 1024 ** 3;

function watch(spaces: Record<string, Space>) {
  const lines: string[] = [];
  const headroom = watchHeadroom({
    clusterDir: '/c',
    log: pino({ base: undefined }, { write: (line: string) => void lines.push(JSON.parse(line).msg) }),
    async spaceOf(path) {
      const space = spaces[path];
      if (!space) throw new Error(`no ${path}`);
      return space;
    },
  });
  onTestFinished(() => headroom.close());
  return { headroom, lines, spaces };
}

const half = { size: gigabyte, free: gigabyte / 2 };
const low = { size: gigabyte, free: gigabyte / 11 };

describe('the disk of the database', () => {
  it.each([
    ['half free', { '/c': half, '/c/pg_wal': half }, false],
    ['below a tenth', { '/c': low, '/c/pg_wal': low }, true],
    ['its log on a full disk of its own', { '/c': half, '/c/pg_wal': low }, true],
    ['9 % of a large disk', { '/c': { size: 500 * gigabyte, free: 45 * gigabyte } }, false],
    ['below 2 GB of a large disk', { '/c': { size: 500 * gigabyte, free: 1.9 * gigabyte } }, true],
    ['not to be looked at', {}, false],
  ])('%s', async (_name, spaces, isRefused) => {
    const { headroom } = watch(spaces as Record<string, Space>);
    await headroom.look();
    expect(headroom.problem()?.code).toBe(isRefused ? 'diskFull' : undefined);
  });

  it('that is full says what to do and when to come again; with room again nothing needs a restart', async () => {
    const { headroom, lines, spaces } = watch({ '/c': { ...low } });
    await headroom.look();
    await headroom.look();
    expect(headroom.problem()).toMatchObject({
      status: 503,
      retryAfterSeconds: 30,
      message: expect.stringContaining('free some space'),
    });
    spaces['/c'] = half;
    await headroom.look();
    expect(headroom.problem()).toBeUndefined();
    expect(lines).toEqual(['database.disk.full', 'database.disk.hasRoom']);
  });

  it('is measured as the server may use it', async () => {
    const { size, free } = await spaceOnDisk('.');
    expect(size).toBeGreaterThan(free);
    expect(free).toBeGreaterThan(0);
  });

  it('of any size leaves room beside the log of the server', () => {
    for (const size of [512 * megabyte, 5 * gigabyte, 50 * gigabyte, 5_000 * gigabyte]) {
      expect(mostLogMegabytes(size) * megabyte).toBeLessThanOrEqual(Math.max(64 * megabyte, size / 20));
      expect(leastFree(size)).toBeLessThanOrEqual(2 * gigabyte);
    }
    expect(mostLogMegabytes(500 * gigabyte)).toBe(2_048);
  });
});
