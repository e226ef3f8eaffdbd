/** Where one may be led after signing in (ASVS 3.7.2). */
import { expect, it } from 'vitest';
import { ownPath } from '../../web/src/signIn/next.ts';

const origin = 'https://herald.example';

it.each(['/', '/alerts', '/alerts?state=failed#top', '/settings/access?tab=keys'])('%s is kept', (next) => {
  expect(ownPath(next, origin)).toBe(next);
});

it.each([
  undefined,
  '',
  '//evil',
  '/\\evil',
  '\\\\evil',
  '/\t/evil',
  '/\n//evil',
  'https:evil',
  'https://evil',
  'https://herald.example/alerts',
  'javascript:alert(1)',
  'alerts',
  '/sign-in?next=/x',
  '/api/sign-on/x/begin',
])('%j leads to the dashboard', (next) => {
  expect(ownPath(next, origin)).toBe('/');
});
