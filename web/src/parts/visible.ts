/** Text of others for places that show no elements, such as the title of the window. */

/** Control characters, marks of direction, and characters without width; tabs and line ends belong to a text. */
export const hiddenCharacters =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
  /([\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}])/u;

/** "U+202E" */
export const numberOf = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

/** With the number of each character that one would not see. */
export const visible = (text: string): string =>
  text
    .split(hiddenCharacters)
    .map((piece, i) => (i % 2 === 0 ? piece : `[${numberOf(piece)}]`))
    .join('');
