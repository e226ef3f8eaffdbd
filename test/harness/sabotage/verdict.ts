/** What a run of vitest showed, in one line: read from what it printed. */

export interface Shown {
  /**
   * `B6: lost 0 duplicated 3 …` of a promise test, one with findings before others; of any other test
   * `2 failed: name; name` or `12 passed, 0 failed`.
   */
  line: string;
  /** The findings of that promise test, as far as they are listed. */
  findings: string;
  isRed: boolean;
}

const figures = /^(?:Error: )?(\S+: lost \d+ duplicated \d+ misordered .*)$/gm;
const failure = /^Error: (\S+: lost \d+ duplicated \d+ misordered .*)\n\d+ findings:\n([\s\S]*?)\n\s*❯/gm;
const failedTest = /^ FAIL {2}(?:\|\S+\| )?\S+ > (.*)$/gm;
const closing = /^(\d+) passed, (\d+) failed/m;

/** @param wanted where several promise tests of a file are red, the one that it fits is shown */
export function shownBy(output: string, wanted: RegExp): Shown {
  const failed = Number(closing.exec(output)?.[2] ?? 1);
  const found = [...output.matchAll(failure)].map(([, line = '', findings = '']) => ({ line, findings }));
  const chosen = found.find(({ line }) => wanted.test(line)) ?? found[0];
  if (chosen) return { ...chosen, isRed: true };
  const [first] = output.matchAll(figures);
  if (first) return { line: first[1] ?? '', findings: '', isRed: failed > 0 };
  const names = new Set([...output.matchAll(failedTest)].map(([, name]) => name));
  const line = failed > 0 ? `${failed} failed: ${[...names].join('; ')}` : closing.exec(output)?.[0];
  return { line: line ?? 'no verdict', findings: '', isRed: failed > 0 };
}
