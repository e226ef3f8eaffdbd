import { expect, it } from 'vitest';
import { firstShown, offered } from './recentAlert.ts';

const [old, newer] = [{ id: '1' }, { id: '2' }];

it('the newest alert is shown first, and stays when others come in', () => {
  expect(firstShown(undefined, undefined)).toBeUndefined();
  expect(firstShown(undefined, [old])).toBe(old);
  expect(firstShown(old, [newer, old])).toBe(old);
  expect(firstShown(undefined, [newer, old], ({ id }) => id === '1')).toBe(old);
  expect(firstShown(undefined, [newer], ({ id }) => id === '1')).toBe(newer);
});

it('the made-up alert stays too', () => {
  expect(firstShown(undefined, [])).toBeNull();
  expect(firstShown(null, [newer])).toBeNull();
  expect(offered([newer], null)).toEqual([newer]);
});

it('the shown one can be chosen when it is no longer among the newest', () => {
  expect(offered([newer], old)).toEqual([newer, old]);
  expect(offered([newer, old], old)).toEqual([newer, old]);
});
