/**
 * Lists as parameters of a statement. The driver quotes every element by itself, and a round has lists of
 * thousands of texts and numbers: they are quoted by JSON's own, native writer instead.
 */

/**
 * A list in PostgreSQL's notation, such as `{"a","say \"b\"",null,3}`; what JSON would write differently (bytes, dates,
 * lists in lists, control characters, halves of surrogate pairs) is answered as it came, for the driver.
 */
export function arrayLiteral(values: readonly unknown[]): string | readonly unknown[] {
  return values.every(isSame) ? `{${JSON.stringify(values).slice(1, -1)}}` : values;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON spells these in a way of its own.
const controls = /[\u0000-\u001f]/;

/** Whether JSON and PostgreSQL write it alike: inside quotes both escape the quote and the backslash, and no more. */
function isSame(value: unknown): boolean {
  switch (typeof value) {
    case 'string':
      return !controls.test(value) && value.isWellFormed();
    case 'number':
      return Number.isFinite(value);
    case 'boolean':
    case 'undefined':
      return true;
    default:
      return value === null;
  }
}
