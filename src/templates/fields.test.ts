import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compileTemplate } from './compile.ts';
import { findTemplateField, templateFields } from './fields.ts';
import { templateFilters } from './filters.ts';

const docs = readFileSync(new URL('../../docs/subjects.md', import.meta.url), 'utf8');

describe('the documented fields (decision 13)', () => {
  it.each(templateFields)('$path may be named and is documented', ({ path, example }) => {
    expect(compileTemplate(`{{ ${path} }}`, { maxLength: 100 }).ok).toBe(true);
    expect(docs).toContain(`\`${path}\``);
    expect(example).not.toBe('');
  });

  it.each(templateFilters)('filter $name is documented', ({ name }) => {
    expect(docs).toContain(`\`${name}`);
  });

  it('knows which name a single alert and which are times', () => {
    const paths = (mark: 'identifiesSingleAlert' | 'isTime') =>
      templateFields.filter((field) => field[mark]).map(({ path }) => path);
    expect(paths('identifiesSingleAlert')).toEqual(['alert.externalId', 'alert.url']);
    expect(paths('isTime')).toEqual(['alert.occurredAt']);
  });

  it.each(['', 'alert', 'alert.', 'alert.labels', 'alert.labels.', 'toString', 'alert.labels.prototype'])(
    'has no field %j',
    (path) => {
      expect(findTemplateField(path)).toBeUndefined();
    },
  );
});
