/** Attempts in words. */
import type { Delivery } from '../api/types.ts';

type Attempt = NonNullable<Delivery['attempts']>[number];

const kinds: Record<Attempt['kind'], string> = {
  ticket: 'a ticket',
  note: 'a note',
  digest: 'a note for several alerts',
  mail: 'a mail',
  mailDigest: 'a mail for several alerts',
};

export const kindInWords = (kind: Attempt['kind']): string => kinds[kind];

const isMailKind = (kind: Attempt['kind']): boolean => kind === 'mail' || kind === 'mailDigest';

/** A mail cannot be looked for: whether it arrived only its recipient can say. */
const mailStates: Record<Attempt['state'], string> = {
  confirmed: 'A mail server has it. Whether it was read nobody knows.',
  refused: 'It was not taken.',
  sending: 'No answer yet.',
  uncertain: 'No answer came. Nobody knows whether it arrived.',
  givenUp: 'No answer came. Nobody knows whether it arrived.',
};

/** What came back: a plain success leaves no evidence but the receipt. */
export function answerInWords({ state, evidence, adopted, kind }: Attempt): string | null {
  if (evidence) return evidence;
  if (state === 'confirmed' && isMailKind(kind)) return 'The mail server took it.';
  return state === 'confirmed' && !adopted ? 'A success, with the id of what was made.' : null;
}

/** What Herald concluded from what came back. */
export function attemptInWords({ state, adopted, looks, kind }: Attempt): string {
  if (isMailKind(kind)) return mailStates[state];
  switch (state) {
    case 'confirmed':
      return adopted ? 'It arrived: Herald found it in the PSA by its key.' : 'It arrived.';
    case 'refused':
      return 'The PSA did not take it. Nothing was made.';
    case 'sending':
      return 'No answer yet.';
    case 'uncertain':
      return `Nobody knows yet whether it arrived. ${looked(looks)}`;
    case 'givenUp':
      return 'A person ended it while nobody could find out whether it arrived.';
  }
}

function looked(looks: number): string {
  if (looks === 0) return 'It will be looked for in the PSA.';
  return looks === 1 ? 'It was looked for once.' : `It was looked for ${looks} times.`;
}
