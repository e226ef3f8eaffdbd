/** What the doctor says about one thing. */
export interface Finding {
  /** What was looked at. */
  check: string;
  /** `attention`: somebody should know; `problem`: alerts are in danger or do not get through. */
  state: 'ok' | 'attention' | 'problem';
  /** What was found and, unless it is fine, what to do about it. */
  words: string;
}

export const ok = (check: string, words: string): Finding => ({ check, state: 'ok', words });
export const attention = (check: string, words: string): Finding => ({ check, state: 'attention', words });
export const problem = (check: string, words: string): Finding => ({ check, state: 'problem', words });

/** "1 alert", "3 alerts" */
export const many = (count: number, one: string, others = `${one}s`): string =>
  count === 1 ? `1 ${one}` : `${count} ${others}`;
