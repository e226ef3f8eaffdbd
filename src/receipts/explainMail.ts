/** A mail in words: what has become of it, why, and what happens next. Pure. */
import { clock, type Explanation, iso, type Next, skippedWords } from './phrases.ts';
import type { DeliveryRow } from './row.ts';

export function explainMail(row: DeliveryRow): Explanation {
  switch (row.delivery_state) {
    case 'pending':
      return { words: row.problem ? 'Was not taken yet.' : 'Waits to be sent.', next: waiting(row) };
    case 'sending':
      return { words: 'Is being sent.', next: untimed('The answer of the mail server decides.') };
    case 'uncertain':
      return { words: 'Was sent, but no answer came: it may have arrived.', next: onceMore(row) };
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

function onceMore({ mail_attention, mail_due_at }: DeliveryRow): Next {
  if (mail_attention) return untimed(`It is sent once more when the mail servers work: ${mail_attention}`);
  const words = 'It is sent once more, with the same Message-ID: by that a second copy is known.';
  return { at: iso(mail_due_at), words };
}

function waiting(row: DeliveryRow): Next {
  const { mail_attention, mail_due_at, is_served } = row;
  // One that was tried keeps its place; it is not held.
  if (mail_attention && mail_due_at)
    return untimed(`It is tried again when the mail servers work: ${mail_attention}`);
  if (mail_attention) return untimed(`No mail leaves: ${mail_attention} It is about to be held.`);
  if (is_served === false) {
    return untimed('No worker sends mail at this moment; the next one takes it up within 30 seconds.');
  }
  return nextTry(row) ?? untimed('Goes out as soon as a mail server takes it.');
}

function nextTry({ mail_due_at, blocked_until, problem, box_problem, tries }: DeliveryRow): Next | undefined {
  const last = (words: string | null) => (words ? ` Last answer: ${words}` : '');
  if (mail_due_at) {
    // Only answers count; while no server can be asked, it waits as long as that takes.
    const most = tries > 0 ? ', and so on for 72 hours at most' : '';
    return { at: iso(mail_due_at), words: `Is tried again at ${clock(mail_due_at)}${most}.${last(problem)}` };
  }
  if (!blocked_until) return undefined;
  const at = iso(blocked_until);
  if (problem) return { at, words: `The address is tried again at ${clock(blocked_until)}.${last(problem)}` };
  const words = box_problem
    ? `Waits behind an earlier mail to this address that was not taken yet.${last(box_problem)}`
    : 'Goes out in the next mail to this address, with others: many came at once.';
  return { at, words };
}

/** A delivery of revision 0 is owed to an outage: its mail says that the ticket is pending. */
function deliveredWords({ write_kind, mail_target, problem, revision }: DeliveryRow): string {
  const how = write_kind === 'mailDigest' ? 'Was mailed with others to' : 'Was mailed to';
  const what = revision === 0 ? ' that its ticket is pending' : '';
  // What is kept of a mail that was taken is that it may be there twice.
  if (problem)
    return `Possible duplicate: ${how.toLowerCase()} ${mail_target}${what}, and an earlier attempt may have arrived too, with the same Message-ID.`;
  return `${how} ${mail_target}${what}: a mail server took it.`;
}

function whatHelps(reason: string | null): string {
  switch (reason) {
    case 'addressStopped':
      return 'If the address works again, allow it and retry. If it is wrong, correct it for the next alerts and discard this one with a reason.';
    case 'refused':
      return 'If the address is right, ask who runs its mail server, then retry. If it is wrong, correct it for the next alerts and discard this one with a reason.';
    case 'unclear':
      return 'Ask the recipient whether it arrived, or look for its Message-ID in the log of the mail server. If it did not, retry makes a new mail; if it did, discard it with a reason.';
    case 'unwritable':
      return 'Correct the subject format or what the sender sends and retry, or discard it with a reason.';
    default:
      return 'Mend the cause and retry, or discard it with a reason.';
  }
}
