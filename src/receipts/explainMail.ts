/** A mail in words: what has become of it, why, and what happens next. Pure. */
import { clock, type Explanation, iso, type Next, skippedWords } from './phrases.ts';
import type { DeliveryRow } from './row.ts';

export function explainMail(row: DeliveryRow): Explanation {
  switch (row.delivery_state) {
    case 'pending':
      return { words: 'Waits to be sent.', next: waiting(row) };
    case 'sending':
      return { words: 'Is being sent.', next: untimed('The answer of the mail server decides.') };
    case 'uncertain':
      return {
        words: 'Was sent, but the line broke before the mail server answered: it may have arrived.',
        next: again(row, 'It is sent once more, with the same Message-ID.'),
      };
    case 'delivered':
      return { words: deliveredWords(row), next: null };
    case 'held':
      return {
        words: `Held: no mail leaves. ${row.mail_attention ?? row.problem ?? ''}`.trim(),
        next: untimed('Goes out by itself when the mail settings work again.'),
      };
    case 'skipped':
      return { words: row.problem ?? row.trace.at(-1) ?? skippedWords(row.reason), next: null };
    case 'failed':
      return {
        words: `Needs a person: ${row.problem ?? 'the mail server refused it.'}`,
        next: untimed(whatHelps(row.reason)),
      };
  }
}

const untimed = (words: string): Next => ({ at: null, words });

const again = ({ mail_due_at: at }: DeliveryRow, words: string): Next => ({ at: iso(at), words });

function waiting(row: DeliveryRow): Next {
  const { mail_attention, mail_due_at, blocked_until, problem, is_served } = row;
  const last = problem ? ` Last answer: ${problem}` : '';
  if (mail_attention) return untimed(`No mail leaves: ${mail_attention} It is about to be held.`);
  if (is_served === false) {
    return untimed('No worker sends mail at this moment; the next one takes it up within 30 seconds.');
  }
  if (mail_due_at) return again(row, `Is sent again at ${clock(mail_due_at)}.${last}`);
  if (blocked_until) {
    const words = problem
      ? `The address is tried again at ${clock(blocked_until)}.${last}`
      : 'Goes out in the next mail to this address, with others: many came at once.';
    return { at: iso(blocked_until), words };
  }
  return untimed('Goes out as soon as a mail server takes it.');
}

function deliveredWords({ write_kind, mail_target, problem }: DeliveryRow): string {
  const how = write_kind === 'mailDigest' ? 'Was mailed with others to' : 'Was mailed to';
  const twice = problem ? ` ${problem}` : '';
  return `${how} ${mail_target}: a mail server took it.${twice}`;
}

function whatHelps(reason: string | null): string {
  switch (reason) {
    case 'addressStopped':
      return 'Correct the address or allow it again under Settings, then retry; or discard it with a reason.';
    case 'unclear':
      return 'Ask the recipient whether it arrived. Retry sends it once more; or discard it with a reason.';
    case 'unwritable':
      return 'Correct the subject format or what the sender sends and retry, or discard it with a reason.';
    default:
      return 'Mend the cause and retry, or discard it with a reason.';
  }
}
