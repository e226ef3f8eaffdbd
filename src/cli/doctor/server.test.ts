import { expect, it } from 'vitest';
import type { Database } from '../../db/database.ts';
import { checkSettings } from './server.ts';

const usual = { server_version_num: '180000', server_version: '18.4', fsync: 'on', full_page_writes: 'on' };

/** A server that answers with these settings. */
const serverWith = (settings: Partial<typeof usual>): Database =>
  ({
    unfenced: (work: (tx: unknown) => unknown) => {
      const rows = Object.entries({ ...usual, ...settings }).map(([name, setting]) => ({ name, setting }));
      return work({ query: async () => ({ rows }) });
    },
  }) as unknown as Database;

it.each([
  ['keeps what it acknowledged', {}, 'ok', /18\.4; fsync, full_page_writes are on/],
  ['may lose it in a crash', { fsync: 'off' }, 'problem', /runs with fsync off.*Set it to on/],
  ['may lose it twice over', { fsync: 'off', full_page_writes: 'off' }, 'problem', /Set them to on/],
  ['is too old', { server_version_num: '140010', server_version: '14.10' }, 'problem', /14\.10 is too old/],
] as const)('a server that %s', async (_, settings, state, words) => {
  const [finding, ...others] = await checkSettings(serverWith(settings));
  expect(others).toEqual([]);
  expect(finding).toMatchObject({ state, words: expect.stringMatching(words) });
});
