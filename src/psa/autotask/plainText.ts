/**
 * Text as Autotask can hold it: well-formed, line breaks as `\n`, no other control characters than tab (fact sheet
 * autotask §6.4). Never longer than what came in, so that texts cut to a limit stay within it.
 */
export function plainText(text: string): string {
  return (
    text
      .toWellFormed()
      .replace(/\r\n?/g, '\n')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, ' ')
  );
}
