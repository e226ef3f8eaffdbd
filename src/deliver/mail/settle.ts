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
import { attemptStateOf, type MailEnd, mailStep } from './step.ts';
import { blockMailboxes, countRefusals, endRetries, keepRetries, type MailRetry } from './store.ts';
import { mostRefusals } from './timing.ts';
import type { MailOutcomeOf, MailWork, OpenMail } from './types.ts';

/** What an event makes of a mail, at this moment of database time. */
export function endOf(
  mail: OpenMail,
  event: MailOutcomeOf['event'],
  { channel, random }: Pick<MailWork, 'channel' | 'random'>,
  now: number,
): MailOutcomeOf {
  const { attempt, unclear, isShort, firstAt } = mail;
  const facts = {
    attempt,
    unclear,
    isShort,
    triedForMs: now - firstAt,
    timing: channel.timing,
    random: random(),
  };
  return { mail, event, end: mailStep(event, facts) };
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
  await patchDeliveries(tx, workspaceId, applied.flatMap(deliveryPatches));
  await keepRetries(tx, workspaceId, applied.flatMap(retryOf));
  await endRetries(
    tx,
    workspaceId,
    applied.filter(({ end }) => end.kind !== 'again').map(({ mail }) => mail.writeId),
  );
  await countRefusals(tx, workspaceId, lastOfEach(applied.flatMap(answerOf)), mostRefusals);
  await blockMailboxes(tx, workspaceId, lastOfEach(applied.flatMap(blockOf)));
  if (applied.length > 0) crashPoint('before-mail-settle-commit');
  return applied;
}

function attemptPatch({ mail, event, end }: MailOutcomeOf): AttemptPatch {
  const state = attemptStateOf(event);
  return {
    writeId: mail.writeId,
    n: mail.attempt,
    // What is tried again or given up is no longer open: only what happens next is looked for.
    state: state === 'uncertain' ? 'refused' : state,
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

function deliveryPatches({ mail, end }: MailOutcomeOf): DeliveryPatch[] {
  const patch = deliveryPatch(end);
  return mail.deliveryIds.map((id) => ({ id, ...patch }));
}

function deliveryPatch(end: MailEnd): Omit<DeliveryPatch, 'id'> {
  switch (end.kind) {
    case 'delivered':
      return {
        state: 'delivered',
        ...(end.mayBeTwice && { problem: 'An earlier attempt may have arrived too: possible duplicate.' }),
      };
    case 'again':
      return {
        state: end.isUnclear ? 'uncertain' : 'pending',
        problem: end.problem,
        countsAsTry: end.countsAsTry,
      };
    case 'park':
      return { state: 'failed', reason: end.isUnclear ? 'unclear' : 'refused', problem: end.problem };
  }
}

function retryOf({ mail, end }: MailOutcomeOf): MailRetry[] {
  if (end.kind !== 'again') return [];
  const { writeId, firstAt } = mail;
  const unclear = mail.unclear + (end.isUnclear ? 1 : 0);
  return [{ writeId, inMs: end.inMs, firstAt, unclear, isShort: mail.isShort || end.isShort === true }];
}

/** What an answer says of the address itself. */
function answerOf({ mail, end }: MailOutcomeOf): { id: string; refusal: string | null }[] {
  if (end.kind === 'delivered') return [{ id: mail.mailboxId, refusal: null }];
  if (end.kind === 'park' && end.isAddress) return [{ id: mail.mailboxId, refusal: end.problem }];
  return [];
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
