/** The mail that reminds of recipients and mappings whose review date has come (req 119, 120). */
import { line } from './foreign.ts';
import { counted, frameOf, type MailFrame } from './frame.ts';
import type { MailItem, MailModel } from './types.ts';

/** A recipient or a mapping that somebody should look at again. */
export interface ReviewEntry {
  /** What it is, in words: "Recipient soc@northwind.example of Northwind Dental". */
  what: string;
  /** Why it exists. */
  note: string;
  /** Who answers for it. */
  owner: string;
  /** The day, as YYYY-MM-DD. */
  reviewOn: string;
  link: string;
}

export interface ReviewMail extends MailFrame {
  workspaceName: string;
  /** Oldest first. */
  entries: readonly ReviewEntry[];
  /** How many are due, with those that are not in `entries`. */
  total: number;
  /** Where all of them are. */
  listLink: string;
}

export function reviewModel(mail: ReviewMail): MailModel {
  const { entries, total, listLink, workspaceName } = mail;
  const title = `${counted(total, 'delivery setting')} to review`;
  return {
    kind: 'review',
    label: 'Monthly review',
    preheader: line(
      `${workspaceName}: ${entries
        .map(({ what }) => what)
        .slice(0, 3)
        .join(' · ')}`,
      140,
    ),
    title,
    organization: line(workspaceName),
    notices: [],
    next: {
      heading: 'What to do next',
      text: 'Look whether each one is still needed and goes to the right people. Change or remove it, or set its next review date.',
      isCut: false,
    },
    links: [{ words: 'Open the reviews in Herald', href: listLink }],
    facts: [],
    texts: [],
    lists: [
      {
        heading: 'Due, oldest first',
        total,
        rows: entries.map(itemOf),
        link: listLink,
      },
    ],
    ...frameOf(mail),
  };
}

function itemOf({ what, note, owner, reviewOn, link }: ReviewEntry): MailItem {
  const details = [
    `Review date ${line(reviewOn, 40)}`,
    owner.trim() === '' ? 'Nobody is named who answers for it' : `Answered for by ${line(owner, 120)}`,
    note.trim() === '' ? 'No note says why it exists' : line(note, 300),
  ];
  return { title: line(what, 200), href: link, details };
}
