/** Everything a mail says, as data: frozen in the journal as JSON, and filled into the layout when it is sent. */
import type { Severity } from '../alerts/types.ts';

export type MailKind = 'alert' | 'update' | 'digest' | 'wayOut' | 'test' | 'review';

/**
 * Texts in it are cut to what a mail shows, and characters that one would not see stand there by their number (see
 * foreign.ts); they are escaped where they are written (text.ts, html.ts). Links are http or https, always.
 */
export interface MailModel {
  kind: MailKind;
  /** The worst that it tells of; a review has none. */
  severity?: Severity;
  /** What kind of mail it is, for people. */
  label: string;
  /** What a list of mails shows beside the subject. */
  preheader: string;
  title: string;
  /** Whose alert it is. */
  organization?: string;
  /** When it happened. */
  when?: string;
  /** What must be known before everything else, as sentences. */
  notices: readonly string[];
  /** What to do next, in the words of the source if it has any; of several lines. */
  next?: MailText;
  /** The first one is the button. */
  links: readonly MailLink[];
  /** Names and values, one line each. */
  facts: readonly MailFact[];
  texts: readonly MailText[];
  events?: MailEvents;
  lists: readonly MailList[];
  /** Why one gets this mail, and what that changes. */
  footer: readonly string[];
  /** Where one changes who gets mails. */
  settingsLink: string;
}

export interface MailLink {
  words: string;
  href: string;
}

export interface MailFact {
  name: string;
  value: string;
}

/** Of several lines. */
export interface MailText {
  heading: string;
  text: string;
  /** There is more of it in Herald. */
  isCut: boolean;
}

/** The events behind an alert: those in `rows`, out of `total`. */
export interface MailEvents {
  heading: string;
  total: number;
  rows: readonly { time: string; type: string; summary: string }[];
}

/** A list of things, each with a line of details; `total` counts those that are not in `rows` too. */
export interface MailList {
  heading: string;
  total: number;
  rows: readonly MailItem[];
  /** Where all of them are. */
  link: string;
}

export interface MailItem {
  severity?: Severity;
  title: string;
  href?: string;
  /** Each of them may be foreign text. */
  details: readonly string[];
}
