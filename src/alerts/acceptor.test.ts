import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { Database } from '../db/database.ts';
import { Problem } from '../errors.ts';
import type { Accepted, Incoming } from './accept.ts';
import { createAcceptor } from './acceptor.ts';
import type { Alert } from './types.ts';

const workspaceOf = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const workspace = workspaceOf(1);
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
  const inTheWay: { problem: Problem | undefined } = { problem: undefined };
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
    whyNot: () => inTheWay.problem,
  });
  return {
    acceptor,
    batches,
    inTheWay,
    finish() {
      isOpen = true;
      for (const resolve of waiting.splice(0)) resolve();
    },
  };
}

describe('what waits to be stored', () => {
  it('is bounded by its size, and taken again when there is room', async () => {
    const { acceptor, finish } = open();
    const send = (n: number, size: number, from = n) =>
      acceptor.accept(workspace, alertOf(`e${n}`, size * megabyte), undefined, `key ${from}`);
    const taken = Array.from({ length: 12 }, (_, n) => send(n, 9));
    const more = () => send(12, 120);
    expect(more).toThrow(expect.objectContaining({ status: 429 }));
    taken.push(send(13, 0));
    finish();
    expect((await Promise.all(taken)).map(({ id }) => id).at(-1)).toBe('e13');
    expect(await more()).toMatchObject({ id: 'e12' });
  });

  it('of one sender leaves room for the others, and of all is bounded by its number', async () => {
    const { acceptor, finish } = open();
    const taken: Promise<Accepted>[] = [];
    const fill = (id: string, keyId: string): Problem => {
      for (let n = 0; ; n += 1) {
        try {
          taken.push(acceptor.accept(id, alertOf(`${keyId} ${n}`), undefined, keyId));
        } catch (error) {
          return error as Problem;
        }
      }
    };
    expect(fill(workspace, 'loud')).toMatchObject({
      status: 429,
      code: 'tooManyWaiting',
      retryAfterSeconds: 2,
    });
    const ofOne = taken.length;
    expect(ofOne).toBeGreaterThan(5_000);
    taken.push(acceptor.accept(workspace, alertOf('quiet'), undefined, 'quiet'));
    taken.push(acceptor.accept(workspaceOf(2), alertOf('other'), undefined, 'other'));
    let last = fill(workspaceOf(3), 'key');
    for (let n = 4; n < 100 && last.status === 429; n += 1) last = fill(workspaceOf(n), 'key');
    expect(last).toMatchObject({ status: 503, code: 'overloaded' });
    expect(taken.length).toBeLessThanOrEqual(20_000);
    finish();
    await Promise.all(taken);
    await acceptor.idle();
  });

  it('is not taken while something is in the way, such as a full disk', async () => {
    const { acceptor, finish, inTheWay } = open();
    finish();
    inTheWay.problem = new Problem(503, 'diskFull', 'The disk is full.');
    expect(() => acceptor.accept(workspace, alertOf('e1'))).toThrow('The disk is full.');
    inTheWay.problem = undefined;
    expect(await acceptor.accept(workspace, alertOf('e1'))).toMatchObject({ id: 'e1' });
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
