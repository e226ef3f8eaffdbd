/** A delivery's sentence in the pieces of which pages put it together, beside the badge of its state. Pure. */
import type { Brief, Explanation } from './phrases.ts';
import type { DeliveryRow } from './row.ts';

/** Names of states with which sentences begin that are also read without a badge. */
const ofState = /^(Held|Skipped): /;

export function briefOf({ ticket_ref, mail_target }: DeliveryRow, { words, brief }: Explanation): Brief {
  if (brief) return brief;
  const rest = words.replace(ofState, '');
  const before = rest.charAt(0).toUpperCase() + rest.slice(1);
  const namesTicket = ticket_ref !== null && mail_target === null;
  return { before: namesTicket ? `${before} ` : before, after: '' };
}

/** The reasons that the sentence does not say already, with more to it. */
export const furtherReasons = (trace: readonly string[], words: string): string[] =>
  trace.filter((sentence) => !words.startsWith(sentence.replace(/\.$/, '')));
