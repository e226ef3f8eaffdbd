/** Two people with the same form open: what is sent, what is shown, and what waits for a decision. */
import { expect, it } from 'vitest';
import { ChangedMeanwhile } from '../api/change.ts';
import { openDraft } from './openDraft.ts';

interface Stored {
  name: string;
  revision: number;
}

/** A server that answers each save when it is told to. */
function formOver(stored: Stored, typed?: { base: Stored; values: string }, showsAnswer = false) {
  const sent: { values: string; over: number; answer(now: Stored): void; refuse(error: unknown): void }[] =
    [];
  const write = (values: string, base: Stored) =>
    new Promise<Stored>((answer, refuse) => {
      sent.push({ values, over: base.revision, answer, refuse });
    });
  const valuesOf = ({ name }: Stored) => name;
  const isSame = (one: string, other: string) => one.trim() === other.trim();
  return { sent, form: openDraft({ valuesOf, isSame, write, showsAnswer }, stored, typed) };
}

const first = { name: 'first', revision: 1 };
const theirs = { name: 'theirs', revision: 2 };
const ana = { by: 'Ana', at: '2026-01-02T03:04:05.000Z' };
/** Lets what has been answered be worked off. */
const worked = () => new Promise<void>((done) => setImmediate(done));

it('sends nothing that was waiting behind a save that somebody else has overtaken', async () => {
  const { form, sent } = formOver(first);
  form.type(() => 'mine');
  const saves = [form.save()];
  form.type(() => 'mine too');
  saves.push(form.save(), form.save({ isForced: true }));
  sent[0]?.refuse(new ChangedMeanwhile([], theirs, ana));
  expect(await Promise.all(saves)).toEqual([false, false, false]);
  expect(sent).toHaveLength(1);
  expect(form.state()).toMatchObject({ values: 'mine too', conflict: { theirs, lastChange: ana } });
  expect(await form.save()).toBe(false);

  const kept = form.keepMine();
  expect(sent[1]).toMatchObject({ values: 'mine too', over: 2 });
  sent[1]?.answer({ name: 'mine too', revision: 3 });
  expect(await kept).toBe(true);
  expect(form.isDirty()).toBe(false);
});

it('sends one save after the other, each meant for what the one before has made', async () => {
  const { form, sent } = formOver(first);
  form.type(() => 'second');
  const one = form.save();
  form.type(() => 'third');
  const waiting = [form.save(), form.save()];
  sent[0]?.answer({ name: 'second', revision: 2 });
  expect(await one).toBe(true);
  await worked();
  expect(sent.map(({ values, over }) => [values, over])).toEqual([
    ['second', 1],
    ['third', 2],
  ]);
  sent[1]?.answer({ name: 'third', revision: 3 });
  expect(await Promise.all(waiting)).toEqual([true, true]);
  expect(sent).toHaveLength(2);
});

it('is idle when what has waited has ended too', async () => {
  const { form, sent } = formOver(first);
  form.type(() => 'second');
  void form.save();
  const idle = form.idle().then(() => form.state());
  form.type(() => 'third');
  void form.save();
  sent[0]?.answer({ name: 'second', revision: 2 });
  await worked();
  sent[1]?.answer({ name: 'third', revision: 3 });
  expect(await idle).toMatchObject({ base: { revision: 3 }, sending: undefined });
});

it('takes what is read while a save is on its way for no change of others', async () => {
  const { form, sent } = formOver(first);
  form.type(() => 'second');
  const saving = form.save();
  form.type(() => 'second and more');
  form.see({ name: 'second', revision: 2 });
  expect(form.state().conflict).toBeUndefined();
  sent[0]?.answer({ name: 'second', revision: 2 });
  await saving;
  expect(form.state()).toMatchObject({ conflict: undefined, base: { revision: 2 } });
  expect(form.isDirty()).toBe(true);
});

it('looks again at what was read meanwhile when the save was refused', async () => {
  const { form, sent } = formOver(first);
  form.type(() => 'mine');
  const saving = form.save();
  form.see(theirs);
  sent[0]?.refuse(new Error('refused'));
  expect(await saving).toBe(false);
  expect(form.state()).toMatchObject({ conflict: { theirs }, problem: { message: 'refused' } });
});

it('shows what others save as long as nobody has typed, and asks when somebody has', () => {
  const { form } = formOver(first);
  form.see(theirs);
  expect(form.state()).toMatchObject({ values: 'theirs', base: theirs, conflict: undefined });
  form.type(() => 'mine');
  form.see({ name: 'theirs', revision: 3 });
  expect(form.state()).toMatchObject({ base: { revision: 3 }, conflict: undefined });
  form.see({ name: 'other', revision: 4 });
  expect(form.state()).toMatchObject({
    values: 'mine',
    base: { revision: 3 },
    conflict: { theirs: { revision: 4 } },
  });
  form.loadTheirs();
  expect(form.state()).toMatchObject({ values: 'other', conflict: undefined });
  expect(form.isDirty()).toBe(false);
});

it('has no conflict when the other one has typed the same, or has taken it back', () => {
  const { form } = formOver(first);
  form.type(() => 'mine');
  form.see(theirs);
  form.see({ ...first, revision: 3 });
  expect(form.state()).toMatchObject({ conflict: undefined, values: 'mine' });
  form.see({ name: 'mine', revision: 4 });
  expect(form.state().conflict).toBeUndefined();
  expect(form.isDirty()).toBe(false);
});

it('begins with what was kept, and knows a save of its own that ended later', () => {
  const over = (now: Stored) => formOver(now, { base: first, values: 'kept' }).form;
  expect(over(first).isDirty()).toBe(true);
  expect(over(theirs).state().conflict).toMatchObject({ theirs });
  const saved = over({ name: 'kept', revision: 2 });
  expect(saved.state().conflict).toBeUndefined();
  expect(saved.isDirty()).toBe(false);
});

it('leaves what is typed as it is written, or shows how the server writes it', async () => {
  for (const [showsAnswer, shown] of [
    [false, 'spaced '],
    [true, 'spaced'],
  ] as const) {
    const { form, sent } = formOver(first, undefined, showsAnswer);
    form.type(() => 'spaced ');
    const saving = form.save();
    sent[0]?.answer({ name: 'spaced', revision: 2 });
    await saving;
    expect(form.state().values).toBe(shown);
    expect(form.isDirty()).toBe(false);
  }
});
