/** Finds rows by a part of their text; letter case and accents do not count. */

/** Texts are folded once, not at each key that is typed. */
const foldedTexts = new Map<string, string>();

/** Tells which texts have in them what is sought; when nothing is, all do. */
export function finder(q: string): (text: string) => boolean {
  const wanted = folded(q.trim());
  return (text) => wanted === '' || foldedOnce(text).includes(wanted);
}

function foldedOnce(text: string): string {
  let found = foldedTexts.get(text);
  if (found === undefined) {
    found = folded(text);
    foldedTexts.set(text, found);
  }
  return found;
}

const folded = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase();
