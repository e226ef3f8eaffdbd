/** Second part of a mail round: which mails are sent now, and what they say. */
import type { Tx } from '../../db/database.ts';
import { type BoundMail, recheckMail } from '../../plan/index.ts';
import type { Settings } from '../../plan/types.ts';
import { type DeliveryPatch, patchDeliveries } from '../journal.ts';
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
import { type DueMail, endRetries, loadDueMails, putBackMails } from './retries.ts';
import { mailCredit, mostMailsAtOnce, waitForMail } from './timing.ts';
import type { MailWork, OpenMail } from './types.ts';
import { loadMailsBehind, loadWaitingMails, type WaitingMail } from './waiting.ts';

/** A round puts so many deliveries into their mailboxes. */
const mostEntered = 2_000;
/** A digest lists at most so many alerts; what waits behind them goes into the next one. */
const mostPerDigest = 1_000;

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

/** What is due again goes as it is, unless something of it may not go any more: then what is left waits anew. */
async function chooseAgain(tx: Tx, { channel, room }: MailWork, settings: Settings): Promise<OpenMail[]> {
  if (room <= 0) return [];
  const due = await loadDueMails(tx, channel, room);
  const again: OpenMail[] = [];
  const broken: DueMail[] = [];
  const stopped: DeliveryPatch[] = [];
  for (const one of due) {
    const waiting = one.deliveries.filter(({ waits }) => waits);
    const stops = waiting.flatMap((owed) => stopOf(owed, settings));
    if (one.isStopped) stops.push(...deadAmong(waiting, stops, one.refusal));
    if (stops.length === 0 && one.deliveries.every(({ waits }) => waits)) {
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

/** The switches and the recipient, as they are now. A test that a person asked for goes whatever they say. */
function stopOf(owed: BoundMail & { id: string; isDirected: boolean }, settings: Settings): DeliveryPatch[] {
  if (owed.isDirected) return [];
  const verdict = recheckMail(owed, settings);
  if (verdict.kind === 'go') return [];
  return [{ id: owed.id, state: 'skipped', reason: verdict.reason, problem: verdict.words }];
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
      room: left,
    });
    stopped.push(...choice.unwritable);
    chosen.fresh.push(...choice.mails);
    // Without credit nothing more goes at once; the next look comes when there is some.
    chosen.more ||= choice.waiting !== null && credit >= 1;
    left -= choice.mails.length;
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

/** What of it may still go. To an address that was stopped nothing goes: a person sees what waited for it. */
function sift({ isStopped, refusal }: Mailbox, mails: readonly WaitingMail[], settings: Settings) {
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

const deadAddress = (
  { id, target }: Pick<WaitingMail, 'id' | 'target'>,
  refusal: string | undefined,
): DeliveryPatch => ({
  id,
  state: 'failed',
  reason: 'addressStopped',
  problem: `No mail goes to ${target} any more: it was refused again and again.${refusal ? ` ${refusal}` : ''}`,
});

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
