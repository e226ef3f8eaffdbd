/** The draft of a tab while its rows are on their way. */
import { QueryClient } from '@tanstack/react-query';
import { afterEach, expect, it, vi } from 'vitest';
import type { Problem } from '../../../api/problem.ts';
import { withoutRows } from './keptRows.ts';
import { createPartDrafts, type MappingPart } from './part.ts';
import { saveDraft } from './saveDraft.ts';
import { mappingsQuery } from './set.ts';
import { accountIds, rowOf, serverOf } from './testing/mappings.ts';

type Server = ReturnType<typeof serverOf>;
const which = { connectionId: 'c1', place: 'u1.c1' };

afterEach(() => vi.unstubAllGlobals());

/** A tab that has read the set. `onPut` runs when a save has arrived at the server. */
function tab(server: Server, { asksAgain = false, onPut = () => {}, mistakeIn = accountIds.mistakeIn } = {}) {
  vi.stubGlobal('localStorage', { getItem: () => null });
  vi.stubGlobal('fetch', async (_address: string, { body, headers }: { body: string; headers: object }) => {
    onPut();
    try {
      const etag = new Headers(headers as HeadersInit).get('if-match');
      const { value, etag: next } = await server.api.put(JSON.parse(body).mappings, etag);
      return new Response(JSON.stringify(value), { headers: { etag: next ?? '' } });
    } catch (error) {
      const { status, code, message: detail, errors } = error as Problem;
      return new Response(JSON.stringify({ status, code, detail, errors }), { status });
    }
  });
  const client = new QueryClient();
  client.setQueryData(mappingsQuery('c1').queryKey, server.set());
  const part: MappingPart<string | null> = {
    ...accountIds,
    asksAgain,
    ...(mistakeIn && { mistakeIn }),
    drafts: createPartDrafts('test'),
  };
  const choose = (...accounts: [string, string][]) =>
    part.drafts.change(which.place, () => ({
      kept: accounts.map(([id, to]) => [id, { to, from: null }]),
    }));
  return {
    part,
    choose,
    save: () => saveDraft(client, part, which),
    read: () => part.drafts.read(which.place),
  };
}

it('puts back what one takes back while it is on its way', async () => {
  const server = serverOf();
  const { part, choose, save, read } = tab(server, {
    onPut: () =>
      part.drafts.change(which.place, ({ kept, sent }) => ({ kept: withoutRows(kept, undefined, sent) })),
  });
  choose(['a', '1']);
  expect([...((await save()) ?? [])]).toEqual([['a', { to: '1', from: null }]]);
  expect(server.accounts()).toEqual({ a: '1' });
  expect(read()).toMatchObject({ kept: [['a', { to: null, from: '1' }]], saves: 0 });
});

it.each([
  [false, [['1', '2'], ['1'], ['1', '3']]],
  [true, [['1', '2'], ['1'], ['1', '2', '3'], ['1', '3']]],
])('sends what was refused again with the next save: %j', async (asksAgain, asked) => {
  const server = serverOf();
  server.refusedAccounts.add('2');
  const { choose, save, read } = tab(server, { asksAgain });
  choose(['a', '1'], ['b', '2']);
  await save();
  expect(read()).toMatchObject({ kept: [['b', { to: '2' }]], refused: new Map([['b', 'Not 2.']]) });
  choose(['b', '2'], ['c', '3']);
  await save();
  expect(server.asked).toEqual(asked);
  expect(server.accounts()).toEqual({ a: '1', c: '3' });
  expect([...read().refused]).toEqual([['b', 'Not 2.']]);
});

it('keeps a row that cannot be stored as it is, and does not send it', async () => {
  const server = serverOf();
  const mistakeIn = (to: string | null) => (to === 'abc' ? 'Not a number.' : undefined);
  const { choose, save, read } = tab(server, { asksAgain: true, mistakeIn });
  choose(['a', '1'], ['b', 'abc']);
  await save();
  expect(server.asked).toEqual([['1']]);
  expect(read()).toMatchObject({ kept: [['b', { to: 'abc' }]], saves: 0 });
  expect(await save()).toBeUndefined();
  expect(server.asked).toHaveLength(1);
});

it('keeps the rows and says what went wrong when it is not about a row', async () => {
  const server = serverOf(rowOf('x', '2'));
  server.refusedAccounts.add('2');
  const { choose, save, read } = tab(server);
  choose(['a', '1']);
  expect(await save()).toBeUndefined();
  expect(read()).toMatchObject({ kept: [['a', { to: '1' }]], problem: { message: 'Wrong.' }, saves: 0 });
  expect(read().sent.size).toBe(0);
});
