/**
 * Which alerts a text of ours tells of. After a restore the PSA may hold tickets and notes that the database has
 * forgotten; an alert that stands there must not be sent again, and one that does not must not be lost (promise P20).
 */
import type { Alert } from '../alerts/types.ts';
import { severityInWords } from './compose.ts';
import { type DigestItem, digestLine } from './digest.ts';
import { shown } from './textFit.ts';
import { changesInWords } from './updates.ts';

/** The lines of a text as far as they are left: each tells of one alert, once. */
export interface Telling {
  of: 'ticket' | 'note';
  /** The facts of a text about one alert; empty once they were taken, and for a digest. */
  facts: Set<string>;
  /** The update that a text about one alert tells of. */
  update: string | undefined;
  /** The lines of a digest. */
  listed: string[];
}

const updateStart = 'Update of this alert: ';

/** Reads a text as it stands in the PSA. Nothing below the facts counts: there stand the words of strangers. */
export function readTelling(of: Telling['of'], text: string): Telling {
  // The first line is the alert's title, or a digest's notice or count.
  const lines = text.split('\n').slice(1).map(normal);
  const end = lines.findIndex((line) => line.startsWith('Alert: '));
  const facts = new Set(lines.slice(0, end < 0 ? 0 : end));
  const isSingle = [...facts].some((line) => line.startsWith('Source: '));
  return {
    of,
    facts: isSingle ? facts : new Set(),
    update: isSingle ? lines.slice(0, end).find((line) => line.startsWith(updateStart)) : undefined,
    listed: isSingle ? [] : lines.filter((line) => line.startsWith('- ')),
  };
}

/** Whether this state of an alert stands there; if so it is taken off, so that it counts once. */
export function takeFrom(telling: Telling, item: DigestItem): boolean {
  const line = normal(digestLine(item));
  const at = telling.listed.indexOf(line);
  if (at >= 0) {
    telling.listed.splice(at, 1);
    return true;
  }
  const isTold = factsOf(item.alert).every((fact) => telling.facts.has(fact));
  if (!isTold || telling.update !== updateOf(telling, item)) return false;
  telling.facts.clear();
  return true;
}

/** A ticket tells of an alert as it is, even if that is an update of one that had no ticket (decision 23). */
function updateOf({ of }: Telling, { alert, before }: DigestItem): string | undefined {
  const changes = before && of === 'note' ? changesInWords(before, alert) : '';
  return changes === '' ? undefined : normal(`${updateStart}${shown(changes)}`);
}

const factsOf = (alert: Alert): string[] =>
  [
    `Severity: ${shown(severityInWords(alert))}`,
    `Source: ${shown(alert.source)}`,
    `Id: ${shown(alert.externalId)}`,
  ].map(normal);

/** PSAs trim lines and squeeze spaces. */
const normal = (line: string): string => line.normalize('NFC').replace(/\s+/g, ' ').trim();
