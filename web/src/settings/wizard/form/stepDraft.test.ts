/** A step that is left while it is saved, that two tabs have open, and that somebody else saves first. */
import { QueryClient } from '@tanstack/react-query';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Connection } from '../../../api/types.ts';
import { connectionQuery } from '../../psa/queries.ts';
import type { StepValues } from '../step.ts';
import { openKeeper, readKept } from './keptDraft.ts';
import { enter, stepDraft } from './stepDraft.ts';

interface Asked {
  method: string;
  ifMatch: string | null;
  answer(status: number, body: unknown, etag?: string): Promise<void>;
}

let asked: Asked[];
let kept: Map<string, string>;
beforeEach(() => {
  asked = [];
  kept = new Map();
  vi.stubGlobal('localStorage', {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, text: string) => kept.set(name, text),
    removeItem: (name: string) => kept.delete(name),
  });
  vi.stubGlobal('fetch', (_address: string, { method, headers }: RequestInit & { method: string }) => {
    return new Promise<Response>((resolve) => {
      const answer = async (status: number, body: unknown, etag = '"0"') => {
        resolve(new Response(JSON.stringify(body), { status, headers: { etag } }));
        await worked();
      };
      asked.push({ method, ifMatch: new Headers(headers).get('if-match'), answer });
    });
  });
});
afterEach(() => vi.unstubAllGlobals());

const worked = () => new Promise<void>((done) => setTimeout(done, 5));

const fields = [{ key: 'subject', kind: 'text' }] as never;
const connection = (tickets: StepValues, contracts: StepValues = {}): Connection =>
  ({ id: 'c1', steps: { tickets, contracts } }) as never;
const mine = { subject: 'mine' };
const stale = { status: 412, code: 'changedMeanwhile', detail: 'x', lastChange: { by: 'Ana', at: 'then' } };

/** A tab of one person, with what it has read. */
function tab(stored: StepValues) {
  const client = new QueryClient();
  const { queryKey } = connectionQuery('c1');
  client.setQueryData(queryKey, { value: connection(stored), etag: '"1"' });
  const now = () => client.getQueryData(queryKey)?.value.steps.tickets as StepValues;
  const open = () => {
    const order = { userId: 'u1', connectionId: 'c1', step: 'tickets', fields, stored: now() } as const;
    const draft = stepDraft(client, order);
    return { ...draft, leave: enter(draft) };
  };
  return { open, now };
}

it('knows a save of its own that ends after one has left, and forgets what it kept', async () => {
  const { open, now } = tab({ subject: 'old ' });
  const before = open();
  before.form.type(() => mine);
  const saving = before.form.save();
  await worked();
  expect(readKept('u1', 'c1', 'tickets')).toMatchObject({ values: mine });
  before.leave();
  const during = open();
  expect(during.form.state()).toMatchObject({ values: mine, conflict: undefined });
  // The server writes it in its own way.
  await asked[0]?.answer(200, { ...connection({ subject: 'Mine' }), checks: [] }, '"2"');
  expect(await saving).toBe(true);
  expect(now()).toEqual({ subject: 'Mine' });
  expect(kept.size).toBe(0);
  during.form.see(now());
  expect(during.form.state()).toMatchObject({ values: mine, conflict: undefined });
  expect(during.form.isDirty()).toBe(false);
  during.leave();
  await worked();
  const after = open();
  expect(after.form).not.toBe(during.form);
  expect(after.form.state()).toMatchObject({ values: { subject: 'Mine' }, conflict: undefined });
  expect(after.form.isDirty()).toBe(false);
  after.leave();
});

it('sends it again when another step was changed, and says who when this one was', async () => {
  const { form, leave } = tab({ subject: 'old' }).open();
  form.type(() => mine);
  const saving = form.save();
  await worked();
  expect(asked[0]).toMatchObject({ method: 'PUT', ifMatch: '"1"' });
  form.type(() => ({ subject: 'mine too' }));
  const waiting = form.save();
  await asked[0]?.answer(412, stale);
  await asked[1]?.answer(200, connection({ subject: 'old' }, { addAgreements: true }), '"2"');
  expect(asked[2]).toMatchObject({ method: 'PUT', ifMatch: '"2"' });
  await asked[2]?.answer(412, stale);
  await asked[3]?.answer(200, connection({ subject: 'theirs' }), '"3"');
  expect(await Promise.all([saving, waiting])).toEqual([false, false]);
  expect(asked).toHaveLength(4);
  const theirs = { subject: 'theirs' };
  expect(form.state().conflict).toEqual({ theirs, lastChange: stale.lastChange });
  void form.keepMine();
  await worked();
  expect(asked[4]).toMatchObject({ method: 'PUT', ifMatch: '"3"' });
  await asked[4]?.answer(200, { ...connection({ subject: 'mine too' }), checks: [] }, '"4"');
  leave();
});

it('a second tab in which nobody has typed leaves what the first one keeps', () => {
  const second = openKeeper('u1', 'c1', 'tickets');
  const one = openKeeper('u1', 'c1', 'tickets');
  const base = { subject: 'old' };
  one.keep({ values: mine, base });
  second.keep(undefined);
  expect(readKept('u1', 'c1', 'tickets')).toEqual({ values: mine, base });
  second.keep({ values: { subject: 'second' }, base });
  one.keep(undefined);
  expect(readKept('u1', 'c1', 'tickets')?.values).toEqual({ subject: 'second' });
  openKeeper('u1', 'c1', 'tickets').keep(undefined);
  expect(kept.size).toBe(0);
});
