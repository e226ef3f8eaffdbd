/** What a mail says of things that it does not list. */
import { counted } from './frame.ts';
import type { MailEvents, MailList } from './types.ts';

/** Undefined when all are listed. */
export function moreEvents({ total, rows }: MailEvents): string | undefined {
  return rows.length === 0 ? `${counted(total, 'event')}, with details in Herald` : more(total - rows.length);
}

/** Undefined when all are listed. */
export function moreOf({ total, rows }: MailList): string | undefined {
  return more(total - rows.length);
}

function more(left: number): string | undefined {
  return left > 0 ? `… and ${left.toLocaleString('en-US')} more in Herald` : undefined;
}
