/** What was unusual about an alert when it came in, in words. */
const words: Record<string, string> = {
  severityUnclear: 'The sender’s severity is on no scale that Herald knows: taken as medium.',
  nulReplaced: 'A NUL character was replaced by its picture, ␀.',
  surrogateReplaced: 'Half a character was replaced by �.',
  timeInFuture: 'Its time lies more than a day in the future.',
  timeUnclear: 'Its time cannot be read; it is kept as it was sent.',
  test: 'The sender marked it as a test.',
  updateFirst: 'An update came before the alert itself.',
};

export const flagInWords = (flag: string): string => words[flag] ?? flag;
