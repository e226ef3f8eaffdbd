import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { fill, readLayout } from './fill.ts';
import { compileLayout } from './source.ts';

const filled = (html: string, values: Parameters<typeof fill>[1]) => fill(readLayout(html), values);

it('places are filled, blocks stand there once for each entry', () => {
  const html = '<b>[[a]]</b><each of="rows"><i>[[b]]<each of="c">-[[d]]</each></i></each>!';
  const rows = [
    { b: '1', c: [{ d: 'x' }, { d: 'y' }] },
    { b: '2', c: [] },
  ];
  expect(filled(html, { a: 'A', rows })).toBe('<b>A</b><i>1-x-y</i><i>2</i>!');
  expect(filled(html, { a: 'A', rows: [] })).toBe('<b>A</b>!');
});

it('everything is escaped, in text and in attributes (promises I-14)', () => {
  expect(filled('<a href="[[a]]">[[a]]</a>', { a: `"'><script>&\n` })).toBe(
    '<a href="&quot;&#39;&gt;&lt;script&gt;&amp;<br>\n">&quot;&#39;&gt;&lt;script&gt;&amp;<br>\n</a>',
  );
});

it('what is filled in is never read as a layout (I-19)', () => {
  expect(filled('[[a]]', { a: '[[b]] <each of="c">' })).toBe('[[b]] &lt;each of=&quot;c&quot;&gt;');
});

it('a layout with a mistake is refused', () => {
  expect(() => readLayout('<each of="a">')).toThrow('not closed');
  expect(() => readLayout('</each>')).toThrow('not opened');
  expect(() => filled('[[a]]', {})).toThrow('the place a');
  expect(() => filled('[[a]]', { a: [] })).toThrow('the place a');
  expect(() => filled('<each of="a"></each>', { a: '' })).toThrow('the block a');
});

it('the file that is filled is compiled from the source beside it (npm run mail:layout)', async () => {
  expect(await readFile(new URL('compiled.html', import.meta.url), 'utf8')).toBe(await compileLayout());
});

it('has no picture, no script, and loads nothing', async () => {
  const html = await compileLayout();
  expect(html).toMatch(/<html dir="ltr" lang="en">/);
  expect(html).toMatch(/<meta name="color-scheme" content="light dark"\/>/);
  expect(html).not.toMatch(/<img|<script|<link|<iframe|@import|url\(|https?:\/\/(?!www\.w3\.org\/)/i);
});
