/** The monthly mail to administrators: decided once, and tried until it was taken or 72 hours are over. */
import { crashPoint } from '../crashPoints.ts';
import type { Tx } from '../db/database.ts';
import { messageIdOf, messageOf, reviewModel, threadIdOf } from '../mail/index.ts';
import type { Mailer, MailOutcome, MailRefusal } from '../smtp/index.ts';
import { workspaceTurns } from '../workspaces/index.ts';
import type { Email, EmailParts, OpenedMail } from './parts.ts';
import {
  countReviews,
  type DueReviewMail,
  insertReviewMonth,
  listAdministrators,
  listReviews,
  lockReviewWorkspace,
  type ReviewContent,
  type ReviewRow,
  settleReviewMail,
  takeReviewMail,
} from './reviewStore.ts';
import { afterReviewTry, decideReview, type ReviewEnd, type ReviewEvent } from './reviews.ts';
import { findMailSettings } from './settingsStore.ts';

/** Every half an hour is enough: a month is decided by its first turn, and mails are due after minutes or hours. */
const takeTurn = workspaceTurns({ table: 'review_turns', every: '30 minutes' });

export interface ReviewsParts extends Pick<EmailParts, 'db' | 'log' | 'openMailer'> {
  email: Pick<Email, 'open' | 'stop'>;
  /** Where people reach the service, for the links. */
  baseUrl: string;
  now(): Date;
}

export interface Reviews {
  /** Goes over the workspaces whose turn it is, one after the other; a failure in one is logged, and its next turn comes. */
  turn(): Promise<void>;
  /** Ends after the mail that is under way. */
  close(): Promise<void>;
}

/** A mail names so many; the page has all of them. */
const mostListed = 1_000;

/** A mail under way gets this long when the service ends. */
const patienceMs = 10_000;

export function createReviews(parts: ReviewsParts): Reviews {
  const { db, log, email } = parts;
  let isClosing = false;
  let running: Promise<void> = Promise.resolve();
  let mailer: Mailer | undefined;

  async function turns(): Promise<void> {
    while (!isClosing) {
      const workspaceId = await db.unfenced(takeTurn);
      if (workspaceId === undefined) return;
      await goOver(workspaceId).catch((error) => log.warn({ workspaceId, err: error }, 'reviews.failed'));
    }
  }

  async function goOver(workspaceId: string): Promise<void> {
    const opened = await email.open(workspaceId);
    // Without a server the month stays undecided: it is caught up when there is one.
    if (opened.servers.length === 0) return;
    const isStopped = await db.inWorkspace(workspaceId, (tx) => decide(tx, workspaceId, opened));
    try {
      while (!isClosing && !isStopped) {
        const mail = await db.inWorkspace(workspaceId, (tx) => takeReviewMail(tx, workspaceId));
        if (!mail) return;
        mailer ??= parts.openMailer(opened.servers);
        const event: ReviewEvent = mail.is_abandoned
          ? { kind: 'abandoned' }
          : mail.is_administrator
            ? await send(mailer, workspaceId, mail, opened)
            : notSent('It is the address of no administrator any more.');
        await settle(workspaceId, mail, event);
      }
    } finally {
      await mailer?.close();
      mailer = undefined;
    }
  }

  /** Answers whether no mail leaves until a person has acted. */
  async function decide(tx: Tx, workspaceId: string, { head }: OpenedMail): Promise<boolean> {
    const workspace = await lockReviewWorkspace(tx, workspaceId);
    if (!workspace) return true;
    const { attention } = await findMailSettings(tx, workspaceId);
    const due = await listReviews(tx, workspaceId, { limit: mostListed, isDue: true });
    const total = (await countReviews(tx, workspaceId)).due;
    const now = parts.now();
    const decision = decideReview({
      now,
      timeZone: workspace.time_zone,
      createdAt: workspace.created_at,
      lastMonth: workspace.last_month ?? undefined,
      due: total,
      administrators: await listAdministrators(tx),
    });
    if (!decision) return attention !== null;
    const { month, to } = decision;
    const host = head.from.split('@').at(-1) ?? '';
    const content = contentOf(workspaceId, workspace.name, { due, total, baseUrl: parts.baseUrl, host, now });
    const mails = to.map((address) => ({
      address,
      messageId: messageIdOf([`review ${month} ${address}`], host, workspaceId),
      content,
    }));
    await insertReviewMonth(tx, workspaceId, month, mails);
    return attention !== null;
  }

  /** Never throws. */
  async function send(
    mailer: Mailer,
    workspaceId: string,
    mail: DueReviewMail,
    opened: OpenedMail,
  ): Promise<ReviewEvent> {
    const { head, revision } = opened;
    let message: Buffer;
    try {
      message = await messageFrom(mail, head);
    } catch (error) {
      return notSent(`No mail could be made of it: ${(error as Error).message}`);
    }
    try {
      crashPoint('before-review-mail');
      const outcome = await mailer.send({ from: head.from, to: mail.address, message }, () => !isClosing);
      crashPoint('after-review-mail');
      if (isRefusedLogin(outcome)) await email.stop(workspaceId, outcome.text, revision);
      return outcome;
    } catch (error) {
      // A defect of ours: whether a byte left is unknown.
      return {
        kind: 'uncertain',
        evidence: `Sending failed in an unforeseen way: ${(error as Error).message}`,
      };
    }
  }

  async function settle(workspaceId: string, mail: DueReviewMail, event: ReviewEvent): Promise<void> {
    const end: ReviewEnd = afterReviewTry(event, {
      tries: mail.tries,
      triedForMs: mail.tried_for_ms,
      unclear: mail.unclear,
    });
    await db.inWorkspace(workspaceId, (tx) => settleReviewMail(tx, workspaceId, mail, end));
    log.info({ workspaceId, month: mail.month, state: end.state, tries: mail.tries }, 'review.mail');
  }

  return {
    turn() {
      running = turns();
      return running;
    },
    async close() {
      isClosing = true;
      const late = setTimeout(() => mailer?.abort(), patienceMs);
      await running.catch(() => undefined);
      clearTimeout(late);
    },
  };
}

/** No server of these settings can be used until a person acts, because of the login. */
const isRefusedLogin = (outcome: MailOutcome): outcome is MailRefusal =>
  outcome.kind === 'refused' && outcome.about === 'server' && outcome.isFinal && outcome.reason === 'auth';

/** Ends it: trying again would change nothing. */
const notSent = (text: string): MailRefusal => ({
  kind: 'refused',
  about: 'message',
  isFinal: true,
  reason: 'reply',
  text,
});

/** @throws Error when its address is none that mail can go to */
function messageFrom(mail: DueReviewMail, { from, replyTo }: OpenedMail['head']): Promise<Buffer> {
  return messageOf({
    ...mail.content,
    from,
    replyTo,
    to: mail.address,
    messageId: mail.message_id,
    date: new Date(mail.content.writtenAt),
  });
}

interface Due {
  due: readonly ReviewRow[];
  /** With those that are not in `due`. */
  total: number;
  baseUrl: string;
  host: string;
  now: Date;
}

function contentOf(
  workspaceId: string,
  workspaceName: string,
  { due, total, baseUrl, host, now }: Due,
): ReviewContent {
  const model = reviewModel({
    workspaceName,
    entries: due.map((row) => ({
      what: whatOf(row),
      note: row.note,
      owner: row.owner,
      reviewOn: row.review_on,
      link: baseUrl + pathOf(row),
    })),
    total,
    listLink: `${baseUrl}/settings/reviews`,
    baseUrl,
    why: `You get this mail once a month because you are an administrator of ${workspaceName} in Herald.`,
  });
  return {
    subject: model.title,
    model,
    threadId: threadIdOf(`${workspaceId} reviews`, host),
    writtenAt: now.getTime(),
  };
}

function whatOf(row: ReviewRow): string {
  if (row.kind === 'mapping') {
    return `Mapping of ${row.organization_name} to ${row.account_name ?? row.account_id} in ${row.connection_name}`;
  }
  return row.organization_name === null
    ? `Global recipient ${row.address}`
    : `Recipient ${row.address} of ${row.organization_name}`;
}

function pathOf(row: ReviewRow): string {
  if (row.kind === 'mapping') return `/settings/psa/${row.connection_id}`;
  return row.organization_id === null
    ? '/settings/psa'
    : `/organizations/${row.organization_id}?tab=settings`;
}
