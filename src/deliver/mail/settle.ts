/** First part of a mail round: what attempts came to becomes rows. */
import { crashPoint } from '../../crashPoints.ts';
import type { Tx } from '../../db/database.ts';
import {
  type AttemptPatch,
  attemptKey,
  type DeliveryPatch,
  patchAttempts,
  patchDeliveries,
} from '../journal.ts';
import { blockMailboxes, countRefusals, type MailboxAnswers } from './mailboxes.ts';
import { endRetries, keepRetries, type MailRetry, settleLate } from './retries.ts';
import { attemptStateOf, type MailEnd, mailStep } from './step.ts';
import { mostRefusals } from './timing.ts';
import type { MailOutcomeOf, MailWork, OpenMail } from './types.ts';

/** What an event makes of a mail, at this moment of database time. */
export function endOf(
  mail: OpenMail,
  event: MailOutcomeOf['event'],
  { channel, random }: Pick<MailWork, 'channel' | 'random'>,
  now: number,
): MailOutcomeOf {
  const { tries, unclear, isShort, firstAt } = mail;
  const facts = {
    tries,
    unclear,
    isShort,
    triedForMs: tries === 0 ? 0 : now - firstAt,
    timing: channel.timing,
    random: random(),
  };
  return { mail, event, end: mailStep(event, facts), at: now };
}

/** Stores them; answers those that took effect. One whose attempt was settled before does nothing. */
export async function settleMails(
  tx: Tx,
  workspaceId: string,
  outcomes: readonly MailOutcomeOf[],
): Promise<MailOutcomeOf[]> {
  const patches = outcomes.map(attemptPatch);
  const wereOpen = await patchAttempts(tx, workspaceId, patches);
  const applied = outcomes.filter((_, i) => wereOpen.has(attemptKey(patches[i] as AttemptPatch)));
  await settleLate(tx, workspaceId, outcomes.filter((one) => !applied.includes(one)).flatMap(lateSuccess));
  await patchDeliveries(tx, workspaceId, applied.flatMap(deliveryPatches));
  await keepRetries(tx, workspaceId, applied.flatMap(retryOf));
  await endRetries(
    tx,
    workspaceId,
    applied.filter(({ end }) => end.kind !== 'again').map(({ mail }) => mail.writeId),
  );
  await countRefusals(tx, workspaceId, answersOf(applied), mostRefusals);
  await blockMailboxes(tx, workspaceId, lastOfEach(applied.flatMap(blockOf)));
  if (applied.length > 0) crashPoint('before-mail-settle-commit');
  return applied;
}

function attemptPatch({ mail, event, end }: MailOutcomeOf): AttemptPatch {
  const state = attemptStateOf(event);
  return {
    writeId: mail.writeId,
    n: mail.attempt,
    // A mail cannot be looked for: such an attempt is no longer open, and nobody will know what became of it.
    state: state === 'uncertain' ? 'givenUp' : state,
    evidence: end.kind === 'delivered' ? end.reply : end.problem,
    lookProblem: null,
    receipt: end.kind === 'delivered' ? { ref: mail.content.messageId } : null,
    adopted: false,
    looks: 0,
    failedLooks: 0,
    misses: 0,
    lastMissAt: null,
    nextLookAt: null,
    recheckInMs: null,
  };
}

/** Its attempt was given up before the answer was known here. */
const lateSuccess = ({ mail, event }: MailOutcomeOf) =>
  event.kind === 'done'
    ? [{ writeId: mail.writeId, n: mail.attempt, reply: event.reply, messageId: mail.content.messageId }]
    : [];

function deliveryPatches({ mail, end }: MailOutcomeOf): DeliveryPatch[] {
  const patch = deliveryPatch(end, mail.unclear > 0);
  return mail.deliveryIds.map((id) => ({ id, ...patch }));
}

/** @param wasUnclear an earlier attempt may have arrived: that is not forgotten when another one is refused */
function deliveryPatch(end: MailEnd, wasUnclear: boolean): Omit<DeliveryPatch, 'id'> {
  switch (end.kind) {
    case 'delivered': {
      const twice = 'An earlier attempt may have arrived too: possible duplicate.';
      // What stood in the way of earlier attempts does so no longer.
      return { state: 'delivered', problem: end.mayBeTwice ? twice : '' };
    }
    case 'again':
      return {
        state: end.isUnclear || wasUnclear ? 'uncertain' : 'pending',
        problem: end.problem,
        countsAsTry: end.countsAsTry,
      };
    case 'park':
      return { state: 'failed', reason: end.isUnclear ? 'unclear' : 'refused', problem: end.problem };
  }
}

function retryOf({ mail, end, at }: MailOutcomeOf): MailRetry[] {
  if (end.kind !== 'again') return [];
  const { writeId } = mail;
  return [
    {
      writeId,
      inMs: end.inMs,
      firstAt: mail.tries === 0 ? at : mail.firstAt,
      unclear: mail.unclear + (end.isUnclear ? 1 : 0),
      tries: mail.tries + (end.countsAsTry ? 1 : 0),
      isShort: mail.isShort || end.isShort === true,
    },
  ];
}

/** What the answers say of the addresses themselves, in their order: one that took a mail begins anew. */
function answersOf(applied: readonly MailOutcomeOf[]): MailboxAnswers[] {
  const answers = new Map<string, MailboxAnswers>();
  for (const { mail, end } of applied) {
    const id = mail.mailboxId;
    const { hasTaken, refusals } = answers.get(id) ?? { hasTaken: false, refusals: 0 };
    if (end.kind === 'delivered') answers.set(id, { id, hasTaken: true, refusal: null, refusals: 0 });
    else if (end.kind === 'park' && end.isAddress) {
      answers.set(id, { id, hasTaken, refusal: end.problem, refusals: refusals + 1 });
    }
  }
  return [...answers.values()];
}

/** An address that is deferred is deferred for its next mail too: those wait, and go out together. */
function blockOf({ mail, event, end }: MailOutcomeOf): { id: string; forMs: number }[] {
  const isDeferred = end.kind === 'again' && event.kind === 'refused' && event.about === 'recipient';
  return isDeferred ? [{ id: mail.mailboxId, forMs: end.inMs }] : [];
}

/** A statement changes a row once. */
function lastOfEach<T extends { id: string }>(entries: readonly T[]): T[] {
  return [...new Map(entries.map((entry) => [entry.id, entry])).values()];
}
