import { describe, expect, it } from 'vitest';
import type { Field, Step } from '../psa/contract.ts';
import { exampleFields, goodTickets } from './exampleFields.ts';
import { missingIn, readStep } from './validate.ts';

const read = (step: Step, body: Record<string, unknown>, stored: string[] = []) =>
  readStep(exampleFields, step, body, new Set(stored));

function errorsOf(step: Step, body: Record<string, unknown>): string[][] {
  const result = read(step, body);
  return result.ok ? [] : result.errors.map(({ field, code }) => [field, code]);
}

describe('credentials', () => {
  const good = { user: ' api@msp.example ', password: ' p w ' };

  it('keep secrets apart, and as they are', () => {
    expect(read('credentials', good)).toEqual({
      ok: true,
      values: { user: 'api@msp.example' },
      secrets: { password: ' p w ' },
    });
  });

  it('a secret that is stored may be left out', () => {
    expect(read('credentials', { user: 'a' }, ['password'])).toEqual({
      ok: true,
      values: { user: 'a' },
      secrets: {},
    });
  });

  it.each([
    [{ user: 'a' }, ['password', 'required']],
    [{ user: 'a', password: '' }, ['password', 'required']],
    [{ user: 'a', password: null }, ['password', 'required']],
    [{ ...good, user: 'a b' }, ['user', 'invalid']],
    [{ ...good, user: 'x'.repeat(51) }, ['user', 'tooBig']],
    [{ ...good, user: 5 }, ['user', 'invalidType']],
    [{ ...good, password: 'a\r\nX: 1' }, ['password', 'invalid']],
    [{ ...good, password: { isSet: true } }, ['password', 'invalidType']],
    [{ ...good, extra: 1 }, ['extra', 'unknown']],
    [{ ...good, catchAll: '1' }, ['catchAll', 'unknown']],
  ])('%j is refused', (body, expected) => {
    expect(errorsOf('credentials', body)).toEqual([expected]);
  });

  it('a wrong value is not repeated in the message', () => {
    const result = read('credentials', { ...good, password: 'hunter2\n' });
    expect(JSON.stringify(result)).not.toContain('hunter2');
  });
});

describe('accounts', () => {
  it('switches have their default, whole numbers are ids', () => {
    expect(read('accounts', { catchAll: 7 })).toMatchObject({ values: { catchAll: '7', attach: false } });
  });

  it.each([
    [{}, ['catchAll', 'required']],
    [{ catchAll: '' }, ['catchAll', 'required']],
    [{ catchAll: 1.5 }, ['catchAll', 'invalidType']],
    [{ catchAll: '1', attach: 'yes' }, ['attach', 'invalidType']],
    [{ catchAll: 'x'.repeat(101) }, ['catchAll', 'invalid']],
  ])('%j is refused', (body, expected) => {
    expect(errorsOf('accounts', body)).toEqual([expected]);
  });

  it('a contact needs its account', () => {
    expect(errorsOf('accounts', { contact: '5' })).toEqual([
      ['catchAll', 'required'],
      ['contact', 'parentMissing'],
    ]);
  });
});

describe('tickets', () => {
  it('good ones are stored as given, hours completed', () => {
    const result = read('tickets', { ...goodTickets, hours: { critical: 1 } });
    expect(result).toMatchObject({
      ok: true,
      values: {
        ...goodTickets,
        hours: { informational: 168, low: 72, medium: 24, high: 8, critical: 1 },
      },
    });
  });

  it('null takes an optional field away, and switches the brake off', () => {
    const result = read('tickets', { ...goodTickets, subIssue: null, brake: null });
    expect(result).toMatchObject({ ok: true, values: { brake: null } });
    expect(result.ok && result.values).not.toHaveProperty('subIssue');
  });

  it.each([
    [{ queue: undefined }, ['queue', 'required']],
    [{ queue: true }, ['queue', 'invalidType']],
    [{ subject: 'For {{ alert.nothing }}' }, ['subject', 'template']],
    [{ subject: 'For {{ alert.title' }, ['subject', 'template']],
    [{ subject: '{% include "x" %}' }, ['subject', 'template']],
    [{ subject: 'x'.repeat(201) }, ['subject', 'template']],
    [{ subject: ' ' }, ['subject', 'required']],
    [{ priorities: { ...goodTickets.priorities, low: undefined } }, ['priorities.low', 'required']],
    [{ priorities: { ...goodTickets.priorities, low: '' } }, ['priorities.low', 'required']],
    [{ priorities: { ...goodTickets.priorities, urgent: '1' } }, ['priorities.urgent', 'unknown']],
    [{ priorities: ['1'] }, ['priorities', 'invalidType']],
    [{ priorities: undefined }, ['priorities', 'required']],
    [{ hours: { low: 0 } }, ['hours.low', 'invalid']],
    [{ hours: { low: 1.5 } }, ['hours.low', 'invalid']],
    [{ hours: 5 }, ['hours', 'invalidType']],
    [{ issue: null, subIssue: '12' }, ['subIssue', 'parentMissing']],
    [{ brake: { tickets: 30 } }, ['brake.minutes', 'invalid']],
    [{ brake: { tickets: 30, minutes: 10, hours: 1 } }, ['brake.hours', 'unknown']],
    [{ brake: 30 }, ['brake', 'invalidType']],
    [{ closed: 'reopen' }, ['closed', 'invalidType']],
    [{ closed: { action: 'close', days: 1 } }, ['closed.action', 'invalid']],
    [{ closed: { action: 'reopen' } }, ['closed.days', 'invalid']],
    [{ closed: { action: 'reopen', days: 366 } }, ['closed.days', 'invalid']],
    [{ closed: { action: 'new', days: 0, hours: 1 } }, ['closed.hours', 'unknown']],
    [{ rows: {} }, ['rows', 'invalidType']],
    [{ rows: ['x'] }, ['rows[0]', 'invalidType']],
    [{ rows: [{ eventType: 'a' }] }, ['rows[0].issue', 'required']],
    [{ rows: [{ issue: '1' }] }, ['rows[0].eventType', 'required']],
    [{ rows: [{ eventType: 'a', issue: '1', queue: '1' }] }, ['rows[0].queue', 'unknown']],
    [{ rows: [{ eventType: 'a', issue: {} }] }, ['rows[0].issue', 'invalidType']],
    [{ rows: Array.from({ length: 501 }, () => ({})) }, ['rows', 'tooBig']],
  ])('%j is refused', (change, expected) => {
    expect(errorsOf('tickets', { ...goodTickets, ...change })).toEqual([expected]);
  });

  it('the error of a template points at the character', () => {
    const result = read('tickets', { ...goodTickets, subject: 'For {{ alert.nothing }}' });
    expect(!result.ok && result.errors[0]?.message).toMatch(
      /^Subject, character 8: There is no field alert\.nothing/,
    );
  });

  it('blank rows are left out, the same value twice is refused', () => {
    const blank = {
      ...goodTickets,
      rows: [{}, { eventType: ' ', issue: null }, { eventType: 'a', issue: '1' }],
    };
    expect(read('tickets', blank)).toMatchObject({
      ok: true,
      values: { rows: [{ eventType: 'a', issue: '1' }] },
    });
    const twice = {
      ...goodTickets,
      rows: [
        { eventType: 'a', issue: '1' },
        { eventType: 'a ', issue: '2' },
      ],
    };
    expect(errorsOf('tickets', twice)).toEqual([['rows[1].eventType', 'duplicate']]);
  });

  it('a wrong row is named with its table: there are several', () => {
    const half = read('tickets', { ...goodTickets, rows: [{ eventType: 'a' }] });
    expect(!half.ok && half.errors[0]?.message).toMatch(/^Rows: row 1 is half filled/);
  });

  it('every wrong field is named once', () => {
    const fields = errorsOf('tickets', {}).map(([field]) => field);
    expect(fields).toEqual(['queue', 'subject', 'priorities']);
  });
});

describe('a field with a condition', () => {
  it.each([
    [{}, []],
    [{ sync: false }, []],
    [
      { sync: true },
      [
        ['day', 'required'],
        ['service', 'required'],
      ],
    ],
    [{ sync: true, day: 31, service: '4' }, []],
    [{ sync: true, day: 32, service: '4' }, [['day', 'invalid']]],
    [{ sync: false, day: 0 }, [['day', 'invalid']]],
  ])('%j', (body, expected) => {
    expect(errorsOf('contracts', body)).toEqual(expected);
  });
});

it('what is stored is judged by the same rules', () => {
  const step = (name: Step, values: object, secrets: string[] = []) =>
    missingIn(exampleFields, name, { ...values }, new Set(secrets)).map(({ field }) => field);
  expect(step('credentials', { user: 'a' })).toEqual(['password']);
  expect(step('credentials', { user: 'a' }, ['password'])).toEqual([]);
  expect(step('tickets', goodTickets)).toEqual([]);
  expect(step('contracts', {})).toEqual([]);
});

it('names that JavaScript knows itself are unknown like any other', () => {
  const body = JSON.parse('{"constructor":1,"toString":2}') as Record<string, unknown>;
  const fields: Field[] = [{ key: 'a', label: 'A', step: 'accounts', kind: 'select' }];
  const result = readStep(fields, 'accounts', body);
  expect(!result.ok && result.errors.map(({ field }) => field)).toEqual(['constructor', 'toString']);
});
