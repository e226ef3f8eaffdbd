/** Styles of an area stay in it: pages of all areas are one document, where the file that is loaded later wins. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Classes by what their rules say of them. */
interface Classes {
  /** Styled by their name alone. */
  alone: ReadonlySet<string>;
  /** Styled together with another class of the same element. */
  beside: ReadonlySet<string>;
}

const classesIn = (text: string): string[] =>
  [...text.matchAll(/\.([A-Za-z_][\w-]*)/g)].map(([, name]) => name!);

function readClasses(css: string): Classes {
  const alone = new Set<string>();
  const beside = new Set<string>();
  const rules = css.replace(/\/\*.*?\*\//gs, '').matchAll(/([^{}]+)\{/g);
  for (const [, heads = ''] of rules) {
    if (heads.trim().startsWith('@')) continue;
    for (const selector of splitList(heads)) {
      // What is asked of parents, children or the absence of a class is no style of that class.
      const plain = selector.replace(/:(has|not|is|where)\([^)]*\)/g, ':asked');
      const elements = plain.trim().split(/[\s>+~]+/);
      const own = classesIn(elements.at(-1) ?? '');
      const isAsked = elements.length > 1 || plain.includes(':asked');
      if (own.length === 1 && !isAsked) alone.add(own[0]!);
      if (new Set(own).size > 1) for (const name of own) beside.add(name);
    }
  }
  return { alone, beside };
}

/** Commas within brackets belong to the selector. */
const splitList = (heads: string): string[] => heads.split(/,(?![^(]*\))/);

/** Names that two files use for different things. */
function collisions(files: ReadonlyMap<string, string>): string[] {
  const read = [...files].map(([file, css]) => ({ file, ...readClasses(css) }));
  return read.flatMap((one) =>
    [...one.alone].flatMap((name) =>
      read
        .filter((other) => other !== one && (other.alone.has(name) || other.beside.has(name)))
        .map((other) => `.${name} of ${one.file} is also in ${other.file}`),
    ),
  );
}

it('no class is defined in two files', () => {
  const root = join(import.meta.dirname, 'src');
  const paths = globSync('**/*.css', { cwd: root });
  expect(paths.length).toBeGreaterThan(5);
  expect(collisions(new Map(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')])))).toEqual(
    [],
  );
});

describe('what counts as defined twice', () => {
  const found = (one: string, other: string) =>
    collisions(
      new Map([
        ['a', one],
        ['b', other],
      ]),
    ).length;

  it.each([
    ['the same name', '.steps { margin: 0; }', '.steps { padding: 0; }', 2],
    [
      'in a list, within a condition',
      '.x,\n.steps { margin: 0; }',
      '@media print { .steps { margin: 0; } }',
      2,
    ],
    ['with a state', '.steps:hover { margin: 0; }', '.steps { padding: 0; }', 2],
    ['beside a class of the other', '.bad { color: red; }', '.need.bad { color: blue; }', 1],
    ['only ever beside others', '.place.here { margin: 0; }', '.step.here { margin: 0; }', 0],
    ['within an own element', '.row { margin: 0; }', '.contracts .row { margin: 1px; }', 0],
    ['where an own element is in it', '.form { margin: 0; }', '.form:has(.top, .mid) { margin: 1px; }', 0],
    ['in a comment', '/* .steps { } */ .x { margin: 0; }', '.steps { margin: 0; }', 0],
  ])('%s', (_name, one, other, wanted) => {
    expect(found(one, other)).toBe(wanted);
  });
});
