/** What a promise test finds in this process, until it concludes. */

export interface Findings {
  readonly all: Record<'lost' | 'duplicated' | 'other', string[]>;
  /** Notes the words unless it is so. */
  check(isSo: boolean, words: string): void;
  /** Takes over a verdict; `what` says of which case. */
  judge(what: string, verdict: Partial<Findings['all']>): void;
}

export function findings(): Findings {
  const all: Findings['all'] = { lost: [], duplicated: [], other: [] };
  return {
    all,
    check(isSo, words) {
      if (!isSo) all.other.push(words);
    },
    judge(what, verdict) {
      for (const kind of ['lost', 'duplicated', 'other'] as const)
        all[kind].push(...(verdict[kind] ?? []).map((words) => `${what}: ${words}`));
    },
  };
}
