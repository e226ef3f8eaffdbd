/** What waits and may not go any more, and why. */
import { type BoundMail, recheckMail } from '../../plan/index.ts';
import type { Settings } from '../../plan/types.ts';
import type { DeliveryPatch } from '../journal.ts';
import type { Mailbox } from './mailboxes.ts';
import type { WaitingMail } from './waiting.ts';

/** The switches and the recipient, as they are now. A test that a person asked for goes whatever they say. */
export function stopOf(
  owed: BoundMail & { id: string; isDirected: boolean },
  settings: Settings,
): DeliveryPatch[] {
  if (owed.isDirected) return [];
  const verdict = recheckMail(owed, settings);
  if (verdict.kind === 'go') return [];
  return [{ id: owed.id, state: 'skipped', reason: verdict.reason, problem: verdict.words }];
}

/** What of it may still go. To an address that was stopped nothing goes: a person sees what waited for it. */
export function sift({ isStopped, refusal }: Mailbox, mails: readonly WaitingMail[], settings: Settings) {
  const stopped: DeliveryPatch[] = [];
  const going: WaitingMail[] = [];
  for (const mail of mails) {
    const stop = stopOf(mail, settings);
    if (stop.length > 0) stopped.push(...stop);
    else if (isStopped && !mail.isDirected) stopped.push(deadAddress(mail, refusal));
    else going.push(mail);
  }
  return { going, stopped };
}

/** @param refusal what its server said the last time */
export const deadAddress = (
  { id, target }: Pick<WaitingMail, 'id' | 'target'>,
  refusal: string | undefined,
): DeliveryPatch => ({
  id,
  state: 'failed',
  reason: 'addressStopped',
  problem: `No mail goes to ${target} any more: it was refused again and again.${refusal ? ` ${refusal}` : ''}`,
});
