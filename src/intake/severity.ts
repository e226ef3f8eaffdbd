import type { Severity } from '../alerts/types.ts';

/** A severity in our words beside the sender's own. `isClear` is false if ours is a guess. */
export interface SeverityReading {
  severity: Severity;
  originalSeverity: string;
  isClear: boolean;
}

/** The words of all scales that we know (intake facts §1), in lower case. */
const words = new Map<string, Severity>([
  ['informational', 'informational'],
  ['information', 'informational'],
  ['info', 'informational'],
  ['none', 'informational'],
  ['low', 'low'],
  ['minor', 'low'],
  ['medium', 'medium'],
  ['moderate', 'medium'],
  ['warning', 'medium'],
  ['high', 'high'],
  ['major', 'high'],
  ['critical', 'critical'],
  ['fatal', 'critical'],
]);

/** Reads a severity word of any scale. Unknown, hidden, missing and foreign words count as medium, unclear. */
export function severityOfWord(word: string | undefined): SeverityReading {
  const original = word ?? '';
  const known = words.get(original) ?? words.get(original.trim().toLowerCase());
  return reading(known, original);
}

/** A severity read from a sender's own scale; `undefined` if its value is not on that scale. */
export function reading(severity: Severity | undefined, originalSeverity: string): SeverityReading {
  return { severity: severity ?? 'medium', originalSeverity, isClear: severity !== undefined };
}
