import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileTemplate } from './compile.ts';
import { fieldsOf } from './render.ts';

function firstError(text: string) {
  const compiled = compileTemplate(text, { maxLength: 200_000 });
  if (compiled.ok) throw new Error(`accepted: ${text.slice(0, 80)}`);
  return compiled.errors[0];
}

describe('templates (decision 13)', () => {
  it.each([
    ['text only', 'Security alert', []],
    ['one field', '{{ alert.title }}', ['alert.title']],
    ['without spaces', '{{alert.title}}', ['alert.title']],
    ['white space control', 'a {{- alert.title -}} b', ['alert.title']],
    ['twice the same field', '{{alert.title}} {{alert.title}}', ['alert.title']],
    ['sorted', '{{organization.name}} {{alert.title}}', ['alert.title', 'organization.name']],
    ['a label', '{{ alert.labels.site-code }}', ['alert.labels.site-code']],
    ['filters', '{{ alert.title | strip | truncate: 20, "..." | upcase }}', ['alert.title']],
    ['default', "{{ alert.user.email | default: 'nobody' }}", ['alert.user.email']],
    ['closing braces alone', 'a }} b', []],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: no field, it must stay text
    ['a dollar form', '${alert.title}', []],
  ])('accepts %s', (_name, text, fields) => {
    const compiled = compileTemplate(text, { maxLength: 500 });
    expect(compiled.ok && fieldsOf(compiled.template)).toEqual(fields);
  });

  it.each([
    ['an unknown field', 'ab {{ alert.titel }}', 6, 'There is no field alert.titel.'],
    ['a field without its prefix', '{{ title }}', 3, 'There is no field title.'],
    ['an object', '{{ alert.user }}', 3, 'There is no field alert.user.'],
    ['a list', '{{ alert.events }}', 3, 'There is no field alert.events.'],
    ['a size', '{{ alert.title.size }}', 3, 'There is no field alert.title.size.'],
    ['a nested label', '{{ alert.labels.a.b }}', 3, 'There is no field alert.labels.a.b.'],
    ['an index', '{{ alert["title"] }}', 3, 'Only plain field names'],
    ['an index by number', '{{ alert.events[0] }}', 3, 'Only plain field names'],
    ['a literal', '{{ "text" }}', 3, 'Only plain field names'],
    ['a number', '{{ 1 }}', 3, 'Only plain field names'],
    ['true', '{{ true }}', 3, 'Only plain field names'],
    ['a range', '{{ (1..999999999) }}', 3, 'Only plain field names'],
    ['two fields', '{{ alert.title alert.source }}', 15, 'Only one field'],
    ['a comparison', '{{ alert.title == alert.source }}', 15, 'Only one field'],
    ['nothing', 'ab {{ }}', 6, 'This cannot be read.'],
    ['an unclosed field', 'ab {{ alert.title', 3, 'This {{ is never closed.'],
    ['an unclosed tag', 'ab {% if', 3, 'This {% is never closed.'],
    ['a tag', 'ab {% if alert.title %}x{% endif %}', 3, 'Tags ({% … %}) are not allowed.'],
    ['an unknown filter', '{{ alert.title | reverse }}', 17, 'There is no filter reverse.'],
    ['a filter with a field', '{{ alert.title | default: alert.source }}', 26, 'Write default: "text"'],
    ['a named argument', '{{ alert.title | default: allow_false: true }}', 39, 'Write default: "text"'],
    ['too few arguments', '{{ alert.title | truncate }}', 17, 'Write truncate: 40'],
    ['too many arguments', '{{ alert.title | upcase: 1 }}', 17, 'Write upcase'],
    ['a huge length', '{{ alert.title | truncate: 9999999 }}', 27, 'Write truncate: 40'],
    ['a negative length', '{{ alert.title | truncate: -1 }}', 27, 'Write truncate: 40'],
    ['text for a length', '{{ alert.title | truncate: "4" }}', 27, 'Write truncate: 40'],
    ['a stray bracket', '{{ alert.title ) }}', 15, 'This is not expected here.'],
    ['an empty template', '  ', 0, 'Write a subject'],
  ])('refuses %s at the character', (_name, text, at, message) => {
    const error = firstError(text);
    expect(error?.at).toBe(at);
    expect(error?.message).toContain(message);
  });

  it('names every refusal, not only the first', () => {
    const compiled = compileTemplate('{{ a }} {{ alert.title | x }} {% y %}', { maxLength: 500 });
    expect(compiled.ok ? [] : compiled.errors.map(({ at }) => at)).toEqual([3, 25, 30]);
  });

  it('refuses a text longer than allowed where it becomes too long', () => {
    expect(compileTemplate('abcdef', { maxLength: 5 })).toMatchObject({ ok: false, errors: [{ at: 5 }] });
    expect(compileTemplate('abcde', { maxLength: 5 }).ok).toBe(true);
  });

  it('refuses a ninth filter', () => {
    const at = '{{ alert.title'.length + ' | strip'.length * 8 + 3;
    expect(firstError(`{{ alert.title${' | strip'.repeat(9)} }}`)?.at).toBe(at);
  });
});

describe('template bombs are refused before anything runs (promises I-18)', () => {
  it.each([
    ['empty for over 10⁸', '{% for i in (1..100000000) %}{% endfor %}'],
    ['%9999999d', '{{ alert.occurredAt | date: "%9999999d" }}'],
    ['doubling append', `{% assign a = "x" %}${'{% assign a = a | append: a %}'.repeat(40)}{{ a }}`],
    ['append', '{{ alert.title | append: "x" }}'],
    ['replace growth', '{{ alert.title | replace: "a", "aaaaaaaaaa" }}'],
    ['pop', '{{ alert.events | pop }}'],
    ['concat', '{{ alert.events | concat: alert.events }}'],
    ['where_exp', '{{ alert.events | where_exp: "e", "e.type == 1" }}'],
    ['5,000 nested blocks', '{% if true %}'.repeat(5000) + '{% endif %}'.repeat(5000)],
    ['5,000 nested brackets', `{{ ${'('.repeat(5000)}1${')'.repeat(5000)} }}`],
    ['5,000 nested indexes', `{{ ${'alert['.repeat(5000)}1${']'.repeat(5000)} }}`],
    ["include '.env'", "{% include '.env' %}"],
    ["render '../x'", "{% render '../x' %}"],
    ['layout', "{% layout 'x' %}"],
    ['raw tag', '{% raw %}{{ alert.title }}{% endraw %}'],
    ['raw filter', '{{ alert.title | raw }}'],
    ['constructor', '{{ alert.constructor }}'],
    ['constructor.constructor', '{{ alert.constructor.constructor }}'],
    ['__proto__', '{{ alert.__proto__ }}'],
    ['label __proto__', '{{ alert.labels.__proto__ }}'],
    ['label constructor', '{{ alert.labels.constructor }}'],
    ['filter constructor', '{{ alert.title | constructor }}'],
    ['filter __proto__', '{{ alert.title | __proto__ }}'],
    ['liquid tag', '{% liquid\n echo alert.title %}'],
    ['comment tag', '{% # note %}'],
    ['unclosed raw', '{% raw %}{{ alert.title }}'],
  ])('%s', (_name, text) => {
    expect(firstError(text)?.message).toBeTruthy();
  });

  it('any text is compiled or refused inside itself, never thrown', () => {
    const parts = fc.constantFrom(
      '{{',
      '}}',
      '{%',
      '%}',
      ' ',
      'alert.title',
      '|',
      ':',
      ',',
      '"',
      '(',
      '..',
      '[',
      ']',
    );
    const texts = fc.array(fc.oneof(parts, fc.string({ maxLength: 5 }))).map((all) => all.join(''));
    fc.assert(
      fc.property(texts, (text) => {
        const compiled = compileTemplate(text, { maxLength: 500 });
        if (compiled.ok) return;
        expect(compiled.errors.length).toBeGreaterThan(0);
        for (const { at } of compiled.errors) {
          expect(at).toBeGreaterThanOrEqual(0);
          expect(at).toBeLessThanOrEqual(text.length);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
