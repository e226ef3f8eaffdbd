import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { Database } from '../db/database.ts';
import type { Accepted, Incoming } from './accept.ts';
import { createAcceptor } from './acceptor.ts';
import type { Alert } from './types.ts';

const workspace = '00000000-0000-4000-8000-000000000001';
const megabyte = 1024 * 1024;

const alertOf = (externalId: string, characters = 0): Alert => ({
  source: 'edr',
  externalId,
  title: 'Odd sign-in',
  severity: 'high',
  originalSeverity: 'high',
  flags: [],
  raw: 'x'.repeat(characters),
});

/** An acceptor whose transactions end when the test says so. */
function open() {
  const batches: (readonly Incoming[])[] = [];
  let isOpen = false;
  const waiting: (() => void)[] = [];
  const acceptor = createAcceptor({
    db: { analyze: async () => undefined } as unknown as Database,
    log: pino({ level: 'silent' }),
    async store(_, entries) {
      batches.push(entries);
      if (!isOpen) await new Promise<void>((resolve) => waiting.push(resolve));
      return entries.map(
        ({ alert }): Accepted => ({ id: alert.externalId, status: 'accepted', channels: [] }),
      );
    },
    wake: () => undefined,
  });
  return {
    acceptor,
    batches,
    finish() {
      isOpen = true;
      for (const resolve of waiting.splice(0)) resolve();
    },
  };
}

describe('what waits to be stored', () => {
  it('is bounded by its size, and taken again when there is room', async () => {
    const { acceptor, finish } = open();
    const taken = Array.from({ length: 28 }, (_, n) =>
      acceptor.accept(workspace, alertOf(`e${n}`, 9 * megabyte)),
    );
    const more = () => acceptor.accept(workspace, alertOf('more', 9 * megabyte));
    expect(more).toThrow(expect.objectContaining({ status: 503, code: 'overloaded' }));
    taken.push(acceptor.accept(workspace, alertOf('small')));
    finish();
    expect((await Promise.all(taken)).map(({ id }) => id).at(-1)).toBe('small');
    expect(await more()).toMatchObject({ id: 'more' });
  });

  it('is bounded by its number', async () => {
    const { acceptor, finish } = open();
    const taken = Array.from({ length: 20_000 }, (_, n) => acceptor.accept(workspace, alertOf(`e${n}`)));
    expect(() => acceptor.accept(workspace, alertOf('more'))).toThrow(
      expect.objectContaining({ code: 'overloaded' }),
    );
    finish();
    await Promise.all(taken);
    await acceptor.idle();
  });

  it('shares a transaction up to 16 MB', async () => {
    const { acceptor, batches, finish } = open();
    finish();
    await Promise.all(
      [6, 6, 6, 1, 40, 1].map((size, n) => acceptor.accept(workspace, alertOf(`e${n}`, size * megabyte))),
    );
    expect(batches.map((entries) => entries.map(({ alert }) => alert.externalId))).toEqual([
      ['e0', 'e1'],
      ['e2', 'e3'],
      ['e4'],
      ['e5'],
    ]);
  });
});
