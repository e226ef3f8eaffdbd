/** What a note says about notes before it that the PSA refused for good (promises P5, test C2). */
import type { Alert } from '../alerts/types.ts';
import { count, shown } from './textFit.ts';

/** What is missing on a ticket: how many alerts, and the first of them. */
export interface Gap {
  missing: number;
  named: readonly Pick<Alert, 'title' | 'externalId'>[];
}

/** So many missing alerts are named. */
export const mostNamed = 3;
/** Titles and ids are shorter here: the notice must not take the room of the note. */
const maxNamed = 120;

/** "Missing before this note, because the PSA refused it: Odd sign-in (evt-7)." */
export function gapInWords({ missing, named }: Gap): string {
  const listed = named
    .slice(0, mostNamed)
    .map(({ title, externalId }) => `${shown(title, maxNamed)} (${shown(externalId, maxNamed)})`);
  const rest = missing - listed.length;
  const more = rest > 0 ? ` and ${count(rest)} more` : '';
  const what = missing === 1 ? 'it' : 'them';
  return `Missing before this note, because the PSA refused ${what}: ${listed.join(', ')}${more}.`;
}
