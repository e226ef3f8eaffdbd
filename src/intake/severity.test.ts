import { expect, it } from 'vitest';
import { severityOfWord } from './severity.ts';

it.each([
  ['informational', 'informational'],
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
  ['CRITICAL', 'critical'],
  [' High ', 'high'],
])('%j reads as %s and is kept', (word, severity) => {
  expect(severityOfWord(word)).toEqual({ severity, originalSeverity: word, isClear: true });
});

it.each(['unknown', 'hidden', 'sev-2', '7', 'critical!', 'toString', '__proto__', '☠'])(
  '%j is on no scale: medium, unclear, kept',
  (word) => {
    expect(severityOfWord(word)).toEqual({ severity: 'medium', originalSeverity: word, isClear: false });
  },
);

it('a missing severity is medium, unclear', () => {
  expect(severityOfWord(undefined)).toEqual({ severity: 'medium', originalSeverity: '', isClear: false });
});
