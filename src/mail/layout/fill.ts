/**
 * Fills a compiled layout. There is one mechanism: `[[name]]` is a place for text, and `<each of="name">…</each>` stands
 * there once for every entry of a list, with the places of that entry; so an empty list leaves it out. What is filled in is
 * escaped here and nowhere else, and never read as a layout (promises I-14, I-19).
 */
type Part = string | { place: string } | { each: string; parts: readonly Part[] };

/** A layout that was read. */
export type Layout = readonly Part[];

export interface Values {
  readonly [name: string]: string | readonly Values[];
}

const marks = /\[\[(\w+)\]\]|<each of="(\w+)">|<(\/)each>/g;

/** @throws Error when blocks are not closed, or closed too often */
export function readLayout(html: string): Layout {
  const open: { each: string; parts: Part[] }[] = [{ each: '', parts: [] }];
  let from = 0;
  for (const { 0: mark, 1: place, 2: each, index } of html.matchAll(marks)) {
    const { parts } = open.at(-1) as { parts: Part[] };
    if (index > from) parts.push(html.slice(from, index));
    from = index + mark.length;
    if (place !== undefined) parts.push({ place });
    else if (each !== undefined) open.push({ each, parts: [] });
    else {
      const closed = open.pop();
      const around = open.at(-1);
      if (!closed || !around) throw new Error('A block of the layout is closed that was not opened.');
      around.parts.push(closed);
    }
  }
  const [whole, unclosed] = open;
  if (!whole || unclosed) throw new Error(`The block ${unclosed?.each} of the layout is not closed.`);
  return [...whole.parts, html.slice(from)];
}

/** @throws Error when the layout has a place or a block that is not among the values */
export function fill(layout: Layout, values: Values): string {
  let html = '';
  for (const part of layout) {
    if (typeof part === 'string') html += part;
    else if ('place' in part) html += escaped(textAt(values, part.place));
    else for (const entry of listAt(values, part.each)) html += fill(part.parts, entry);
  }
  return html;
}

function textAt(values: Values, name: string): string {
  const value = values[name];
  if (typeof value !== 'string') throw new Error(`Nothing fills the place ${name} of the layout.`);
  return value;
}

function listAt(values: Values, name: string): readonly Values[] {
  const value = values[name];
  if (!Array.isArray(value)) throw new Error(`Nothing fills the block ${name} of the layout.`);
  return value;
}

const special = /[&<>"'\n]/;
const specials = /[&<>"'\n]/g;
const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '\n': '<br>\n',
};

/** For text and for quoted attributes; a line end becomes one that is seen. */
function escaped(text: string): string {
  return special.test(text) ? text.replace(specials, (character) => escapes[character] as string) : text;
}
