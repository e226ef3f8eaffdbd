import { expect, it } from 'vitest';
import { messageIdOf, threadIdOf } from './ids.ts';

it('a mail keeps its id in whatever order its deliveries come', () => {
  const id = messageIdOf(['12', '7'], 'mail.northwind.example', 'w');
  expect(id).toMatch(/^<mail\.[0-9a-f]{40}@mail\.northwind\.example>$/);
  expect(messageIdOf(['7', '12'], 'mail.northwind.example', 'w')).toBe(id);
});

it('other deliveries, other installations and threads have other ids', () => {
  const ids = [
    messageIdOf(['1', '2'], 'a.example', 'w'),
    messageIdOf(['12'], 'a.example', 'w'),
    messageIdOf(['1'], 'a.example', 'w'),
    messageIdOf(['1', '2'], 'a.example', 'x'),
    messageIdOf([], 'a.example', 'w'),
    threadIdOf('w', 'a.example'),
    threadIdOf('x', 'a.example'),
  ];
  expect(new Set(ids).size).toBe(ids.length);
});

it('a host cannot bring anything else into a header', () => {
  expect(threadIdOf('w', 'a.example>\r\nBcc: <x@y.example')).toMatch(/^<[a-z0-9.]+@[a-z0-9.]+>$/);
  expect(threadIdOf('w', '')).toMatch(/@herald\.invalid>$/);
});
