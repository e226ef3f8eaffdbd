import { describe, expect, it } from 'vitest';
import { fields } from '../psa/autotask/fields.ts';
import { applySettings } from './stepValues.ts';

const of = (step: string) => fields.filter((field) => field.step === step);

describe('settings of a step', () => {
  it.each<[string, object, string[], object]>([
    [
      'tickets',
      {},
      ['ticketQueue=8', 'ticketSubject=A = {{ alert.title }}'],
      { ticketQueue: '8', ticketSubject: 'A = {{ alert.title }}' },
    ],
    [
      'tickets',
      { priorities: { low: '3' } },
      ['priorities.high=1', 'priorities.low=none'],
      { priorities: { low: null, high: '1' } },
    ],
    ['tickets', {}, ['dueHours.high=8'], { dueHours: { high: 8 } }],
    ['tickets', { issueType: '10' }, ['issueType=none'], {}],
    [
      'tickets',
      {},
      ['brake=none', 'alertOverrides=[{"eventType":"x","issueType":"1"}]'],
      { brake: null, alertOverrides: [{ eventType: 'x', issueType: '1' }] },
    ],
    [
      'accounts',
      { catchAllAccountId: '1' },
      ['attachContacts=on'],
      { catchAllAccountId: '1', attachContacts: true },
    ],
    ['contracts', {}, ['syncUsers=false', 'syncDay=31'], { syncUsers: false, syncDay: 31 }],
    ['credentials', {}, ['username=a@b.example'], { username: 'a@b.example' }],
  ])('of %s: %j with %j', (step, before, settings, expected) => {
    expect(applySettings(of(step), before as Record<string, unknown>, settings)).toEqual(expected);
  });

  it.each([
    ['credentials', 'secret=x', 'is a secret and is not taken from the command line'],
    ['credentials', 'integrationCode=x', 'is a secret'],
    ['credentials', 'ticketQueue=8', 'no setting of this step; there are: username.'],
    ['tickets', 'ticketQueue', 'not of the form key=value'],
    ['tickets', 'ticketQueue.high=1', 'has no parts'],
    ['tickets', 'dueHours.high=soon', 'takes a number'],
    ['tickets', 'brake=often', 'brake is not JSON'],
    ['accounts', 'attachContacts=perhaps', 'takes on or off'],
  ])('of %s: %s is refused', (step, setting, words) => {
    expect(() => applySettings(of(step), {}, [setting])).toThrow(words);
  });
});
