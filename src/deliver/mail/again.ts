/** Which mails that wait to be sent again are sent now. */
import type { Tx } from '../../db/database.ts';
import type { Settings } from '../../plan/types.ts';
import { type DeliveryPatch, patchDeliveries } from '../journal.ts';
import { type DueMail, endRetries, loadDueMails, putBackMails } from './retries.ts';
import { deadAddress, stopOf } from './stops.ts';
import type { MailWork, OpenMail } from './types.ts';

/** What is due again goes as it is, unless something of it may not go any more: then what is left waits anew. */
export async function chooseAgain(
  tx: Tx,
  { channel, room }: MailWork,
  settings: Settings,
): Promise<OpenMail[]> {
  if (room <= 0) return [];
  const due = await loadDueMails(tx, channel, room);
  const again: OpenMail[] = [];
  const broken: DueMail[] = [];
  const stopped: DeliveryPatch[] = [];
  for (const one of due) {
    const waiting = one.deliveries.filter(({ waits }) => waits);
    const stops = waiting.flatMap((owed) => stopOf(owed, settings));
    if (one.isStopped) stops.push(...deadAmong(waiting, stops, one.refusal));
    const isWhole = waiting.length === one.mail.deliveryIds.length;
    if (stops.length === 0 && isWhole) {
      again.push({ ...one.mail, attempt: one.mail.attempt + 1 });
    } else {
      broken.push(one);
      stopped.push(...(one.mail.unclear > 0 ? stops.map(mayHaveArrived) : stops));
    }
  }
  await endRetries(
    tx,
    channel.workspaceId,
    broken.map(({ mail }) => mail.writeId),
  );
  const gone = new Set(stopped.map(({ id }) => id));
  const leftOf = ({ deliveries }: DueMail) => deliveries.filter(({ id, waits }) => waits && !gone.has(id));
  // In a mail of their own they would have another Message-ID: a copy that no server recognises.
  const unclear = broken.filter(({ mail }) => mail.unclear > 0).flatMap(leftOf);
  stopped.push(...unclear.map(leftUnclear));
  await patchDeliveries(tx, channel.workspaceId, stopped);
  const left = broken.filter(({ mail }) => mail.unclear === 0).flatMap(leftOf);
  await putBackMails(
    tx,
    channel.workspaceId,
    left.map(({ id }) => id),
  );
  return again;
}

/** What of it waits for an address that is stopped, and may go otherwise. */
function deadAmong(
  waiting: DueMail['deliveries'],
  stops: readonly DeliveryPatch[],
  refusal: string | undefined,
): DeliveryPatch[] {
  const stopped = new Set(stops.map(({ id }) => id));
  return waiting
    .filter(({ id, isDirected }) => !isDirected && !stopped.has(id))
    .map((owed) => deadAddress(owed, refusal));
}

const leftUnclear = ({ id }: { id: string }): DeliveryPatch => ({
  id,
  state: 'failed',
  reason: 'unclear',
  problem:
    'It was sent once with others, without an answer, so it may have arrived. Others of them may not go any more.',
});

const mayHaveArrived = (patch: DeliveryPatch): DeliveryPatch => ({
  ...patch,
  problem: `${patch.problem} It was sent once before, without an answer, and may have arrived.`,
});
