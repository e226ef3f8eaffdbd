/** Second part of a mail round: which mails are sent now, and what they say. */
import type { Tx } from '../../db/database.ts';
import type { Settings } from '../../plan/types.ts';
import { type DeliveryPatch, patchDeliveries } from '../journal.ts';
import { chooseAgain } from './again.ts';
import { composeDigest, composeMail } from './compose.ts';
import type { FrozenMail } from './journal.ts';
import {
  blockMailboxes,
  enterMailboxes,
  loadReadyMailboxes,
  type Mailbox,
  type MailboxPatch,
  makeMailboxes,
  patchMailboxes,
} from './mailboxes.ts';
import { sift } from './stops.ts';
import { mailCredit, mostMailsAtOnce, waitForMail } from './timing.ts';
import type { MailWork, OpenMail } from './types.ts';
import { loadMailsBehind, loadWaitingMails, type WaitingMail } from './waiting.ts';

/** A round puts so many deliveries into their mailboxes. */
const mostEntered = 2_000;
/** A digest lists at most so many alerts; what waits behind them goes into the next one. */
const mostPerDigest = 1_000;
/** A round lists about so many alerts in all its mails; each of them is held in memory until it is stored. */
const mostListed = 5_000;

export interface ChosenMails {
  /** Sent for the first time. */
  fresh: FrozenMail[];
  /** Sent again; their attempt is counted up already. */
  again: OpenMail[];
  /** A further round has something to do at once. */
  more: boolean;
}

export async function chooseMails(tx: Tx, work: MailWork, settings: Settings): Promise<ChosenMails> {
  const { workspaceId } = work.channel;
  await makeMailboxes(tx, workspaceId, mostEntered);
  const entered = await enterMailboxes(tx, workspaceId, mostEntered);
  const again = await chooseAgain(tx, work, settings);
  const chosen: ChosenMails = { fresh: [], again, more: entered === mostEntered };
  const room = work.room - again.length;
  if (room > 0) await chooseFresh(tx, work, settings, { room, chosen });
  return chosen;
}

async function chooseFresh(
  tx: Tx,
  work: MailWork,
  settings: Settings,
  { room, chosen }: { room: number; chosen: ChosenMails },
): Promise<void> {
  const { workspaceId, timing } = work.channel;
  const ready = await loadReadyMailboxes(tx, workspaceId, room);
  const credits = new Map(ready.map((box) => [box.id, mailCredit(box.credit, box.creditAgoMs, timing)]));
  const waits = ready
    .filter(({ isStopped }) => !isStopped)
    .map(({ id }) => ({ id, forMs: waitForMail(credits.get(id) ?? 0, timing) }))
    .filter(({ forMs }) => forMs > 0);
  await blockMailboxes(tx, workspaceId, waits);
  const blocked = new Set(waits.map(({ id }) => id));
  const open = ready.filter(({ id }) => !blocked.has(id));
  const queues = await loadWaitingMails(
    tx,
    workspaceId,
    open.map(({ id }) => id),
    mostMailsAtOnce,
  );
  const stopped: DeliveryPatch[] = [];
  const boxes: MailboxPatch[] = [];
  let left = room;
  let listed = 0;
  for (const box of open) {
    const { mails = [], more = false } = queues.get(box.id) ?? {};
    const credit = Math.floor(credits.get(box.id) ?? 0);
    const sifted = sift(box, mails, settings);
    stopped.push(...sifted.stopped);
    const choice = await chooseFor(tx, work, settings, {
      box,
      going: sifted.going,
      more,
      credit,
      room: listed < mostListed ? left : 0,
    });
    stopped.push(...choice.unwritable);
    chosen.fresh.push(...choice.mails);
    // Without credit nothing more goes at once; the next look comes when there is some.
    chosen.more ||= choice.waiting !== null && credit >= 1;
    left -= choice.mails.length;
    listed += choice.mails.reduce((sum, { deliveryIds }) => sum + deliveryIds.length, 0);
    boxes.push({
      id: box.id,
      nextSeq: box.nextSeq + choice.mails.length,
      credit: (credits.get(box.id) ?? 0) - choice.mails.length,
      waiting: choice.waiting,
    });
  }
  await patchDeliveries(tx, workspaceId, stopped);
  await patchMailboxes(tx, workspaceId, boxes);
  chosen.more ||= ready.length === room;
}

interface Choice {
  mails: FrozenMail[];
  unwritable: DeliveryPatch[];
  /** What still waits in the mailbox. */
  waiting: MailboxPatch['waiting'];
}

/** Single mails while there is credit for all that waits; else one digest of it. */
async function chooseFor(
  tx: Tx,
  work: MailWork,
  settings: Settings,
  asked: { box: Mailbox; going: readonly WaitingMail[]; more: boolean; credit: number; room: number },
): Promise<Choice> {
  const { box, going, more, credit, room } = asked;
  if (going.length === 0)
    return { mails: [], unwritable: [], waiting: more ? { lane: 0, since: '0' } : null };
  if (credit < 1 || room < 1) return { mails: [], unwritable: [], waiting: waitingOf(going) };
  if (!more && going.length <= credit) return chooseSingles(box, going, room, work, settings);
  const behind = more
    ? await loadMailsBehind(tx, work.channel.workspaceId, {
        mailboxId: box.id,
        afterId: going.at(-1)?.id ?? '0',
        limit: mostPerDigest - going.length,
      })
    : { mails: [], more: false };
  const rest = sift(box, behind.mails, settings);
  const all = [...going, ...rest.going];
  const composed = composeDigest(all, box, work, settings);
  if (composed.kind === 'unwritable') {
    return { mails: [], unwritable: [...rest.stopped, composed.patch], waiting: waitingOf(all) };
  }
  return { mails: [composed.mail], unwritable: rest.stopped, waiting: behind.more ? waitingOf(all) : null };
}

function chooseSingles(
  box: Mailbox,
  going: readonly WaitingMail[],
  room: number,
  work: MailWork,
  settings: Settings,
): Choice {
  const choice: Choice = { mails: [], unwritable: [], waiting: null };
  for (const [i, mail] of going.entries()) {
    if (choice.mails.length >= room) return { ...choice, waiting: waitingOf(going.slice(i)) };
    const composed = composeMail(
      mail,
      { ...box, nextSeq: box.nextSeq + choice.mails.length },
      work,
      settings,
    );
    if (composed.kind === 'mail') choice.mails.push(composed.mail);
    else choice.unwritable.push(composed.patch);
  }
  return choice;
}

/** How urgent what still waits is, as far as it was looked at. */
const waitingOf = (mails: readonly WaitingMail[]): NonNullable<MailboxPatch['waiting']> => ({
  lane: Math.max(0, ...mails.map(({ lane }) => lane)),
  since: mails[0]?.id ?? '0',
});
