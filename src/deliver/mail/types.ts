/** What goes into a round of the mail of a workspace, and what comes out of it. */
import type { MailModel } from '../../mail/index.ts';
import type { Mailer, MailPermit } from '../../smtp/index.ts';
import type { MailRate } from './rate.ts';
import type { MailEnd, MailEvent } from './step.ts';
import type { MailTiming } from './timing.ts';

/** What the lease holder of a workspace's mail keeps between rounds. The channel's id is that of the workspace. */
export interface MailChannel {
  readonly workspaceId: string;
  readonly epoch: string;
  readonly timing: MailTiming;
  /** Replaced when the settings change. */
  transport: MailTransport;
  /** Mails that are being sent, or whose outcome no round has settled yet: nobody else takes them up. */
  readonly busy: Set<string>;
}

/** How mails leave. */
export interface MailTransport {
  /** Of the settings that it was made of. */
  readonly revision: string;
  readonly mailer: Mailer;
  readonly head: MailHead;
  readonly rate: MailRate;
}

/** From whom mails are. */
export interface MailHead {
  from: string;
  replyTo?: string | undefined;
}

/** Frozen in the journal, and sent the same every time. */
export interface MailContent {
  /** The subject. */
  title: string;
  /** The part without HTML. */
  text: string;
  model: MailModel;
  messageId: string;
  /** The root of the thread that it belongs to. */
  threadId: string;
  /** When it was written, as its header says; milliseconds since 1970. */
  writtenAt: number;
}

/** A mail whose content and deliveries are frozen, with where it stands. */
export interface OpenMail {
  writeId: string;
  mailboxId: string;
  to: string;
  kind: 'mail' | 'mailDigest';
  content: MailContent;
  deliveryIds: readonly string[];
  /** Best lane among its deliveries: 2 critical, 1 high, 0 the rest. */
  lane: number;
  /** Of the attempt that is under way or ended last, from 1. */
  attempt: number;
  /** When the first one began, in milliseconds of database time. */
  firstAt: number;
  unclear: number;
  /** Earlier attempts that counted: a server or the address itself answered. */
  tries: number;
  isShort: boolean;
}

/** What came of an attempt since the last round. */
export interface MailOutcomeOf {
  mail: OpenMail;
  event: MailEvent;
  end: MailEnd;
  /** When it was known, in milliseconds of database time. */
  at: number;
}

export interface MailWork {
  channel: MailChannel;
  outcomes: readonly MailOutcomeOf[];
  /** Whether attempts that nobody works on are looked for: an earlier epoch left them. */
  looksAround: boolean;
  /** Only settle: nothing new is begun. */
  isClosing: boolean;
  /** Mails that may be begun now. */
  room: number;
  baseUrl: string;
  /** 0 ≤ random < 1. */
  random(): number;
  /** Milliseconds since 1970, for what a mail says of its own time. */
  now(): number;
  startPermit(): MailPermit;
}

export interface MailRound {
  /** False: the lease is lost, and with it everything that was the channel's. */
  isHeld: boolean;
  /** Database time in milliseconds. */
  now: number;
  applied: readonly MailOutcomeOf[];
  frozen: readonly OpenMail[];
  /** A further round has something to do at once. */
  more: boolean;
  /** When something is due that waits now, in milliseconds of database time. */
  dueAt: number | undefined;
  /** Runs since just before COMMIT was issued. */
  permit: MailPermit | undefined;
}
