/** A recipient while it is typed. */
import { type Severity, severities, severityLabel } from '../../../parts/Severity.tsx';
import type { Recipient } from '../queries.ts';

export interface RecipientDraft {
  address: string;
  severities: readonly Severity[];
  note: string;
  owner: string;
  /** Empty: never. */
  reviewOn: string;
}

export const draftOf = (recipient: Recipient | undefined): RecipientDraft => ({
  address: recipient?.address ?? '',
  severities: recipient?.severities ?? severities,
  note: recipient?.note ?? '',
  owner: recipient?.owner ?? '',
  reviewOn: recipient?.reviewOn ?? '',
});

/** As the API takes it: all severities are the same as no choice, and blanks around a pasted address are no part of it. */
export const toBody = ({ address, severities: chosen, reviewOn, ...rest }: RecipientDraft) => ({
  ...rest,
  address: address.trim(),
  severities: chosen.length === severities.length ? null : [...chosen],
  reviewOn: reviewOn === '' ? null : reviewOn,
});

/** Whether saving one or the other comes to the same. */
export const isSame = (one: RecipientDraft, other: RecipientDraft): boolean =>
  JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));

const sorted = (draft: RecipientDraft) => ({
  ...draft,
  severities: severities.filter((one) => draft.severities.includes(one)),
});

/** "Critical and High", "all alerts". */
export function severitiesInWords(chosen: readonly Severity[] | null): string {
  if (chosen === null || chosen.length === severities.length) return 'all alerts';
  const words = severities.filter((one) => chosen.includes(one)).map(severityLabel);
  return words.length < 2 ? (words[0] ?? 'none') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** What somebody else has changed, in sentences. */
export function differences(was: Recipient, now: Recipient): string[] {
  const [before, after] = [draftOf(was), draftOf(now)];
  return [
    before.address === after.address ? '' : `The address is ${after.address} now.`,
    severitiesInWords(was.severities) === severitiesInWords(now.severities)
      ? ''
      : `It gets ${severitiesInWords(now.severities)} now.`,
    before.note === after.note ? '' : `The note is “${after.note}” now.`,
    before.owner === after.owner ? '' : `The owner is “${after.owner}” now.`,
    before.reviewOn === after.reviewOn ? '' : `The review date is ${after.reviewOn || 'not set'} now.`,
    was.state === now.state ? '' : 'Mail to it was allowed, or stopped.',
  ].filter((sentence) => sentence !== '');
}
