import { describe, expect, it } from 'vitest';
import { EmbeddedError } from '../db/embedded/index.ts';
import { MigrationError } from '../db/migrate.ts';
import { Problem, StartupError } from '../errors.ts';
import { CommandError, explainError } from './errors.ts';

describe('what a person sees of an error', () => {
  it.each([
    new CommandError('Say so.'),
    new StartupError('Say so.'),
    new MigrationError('Say so.'),
    new EmbeddedError('Say so.'),
    new Problem(409, 'code', 'Say so.'),
  ])('is its sentence alone when it was made for people: %o', (error) => {
    expect(explainError(error, {})).toEqual(['Say so.']);
  });

  it('is one line without a stack when it is a surprise', () => {
    const lines = explainError(new TypeError('x is not a function\n    at y'), {});
    expect(lines).toEqual([
      'Something unexpected went wrong: x is not a function. Set DEBUG=1 to see where.',
    ]);
  });

  it('is still something when the error says nothing', () => {
    expect(explainError(new RangeError(''), {})[0]).toContain('RangeError');
    expect(explainError('text', {})[0]).toContain('text');
  });

  it('has the stack with DEBUG=1', () => {
    expect(explainError(new Error('x'), { DEBUG: '1' }).join('\n')).toContain('errors.test.ts');
  });
});
