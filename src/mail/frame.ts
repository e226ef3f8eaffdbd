/** What mails have in common. */
import type { Severity } from '../alerts/types.ts';
import { line } from './foreign.ts';
import type { MailModel } from './types.ts';

/** From whom it comes and why, for every kind of mail. */
export interface MailFrame {
  /** Address of Herald's pages, without a slash at the end. */
  baseUrl: string;
  /** Why one gets it, as a sentence: which list, of which organization. */
  why: string;
  /** Where one changes that; else the page of all settings of e-mail. */
  settingsLink?: string;
}

/** Req 3, 8: the misreading that a mail would invite. */
const whatItIsNot =
  'E-mail only tells of alerts. Whatever is changed there, alerts are found and handled as before.';

export function frameOf({
  baseUrl,
  why,
  settingsLink,
}: MailFrame): Pick<MailModel, 'footer' | 'settingsLink'> {
  return { footer: [line(why, 500), whatItIsNot], settingsLink: settingsLink ?? `${baseUrl}/settings/psa` };
}

/** Stands where the name of an organization would. */
export const noOrganization = 'Not assigned to an organization';

/** With a capital letter, as it stands on its own. */
export const severityWord = (severity: Severity): string => severity[0]?.toUpperCase() + severity.slice(1);

const numbers = new Intl.NumberFormat('en-US');

/** "1 event", "4,900 events" */
export const counted = (count: number, word: string): string =>
  `${numbers.format(count)} ${word}${count === 1 ? '' : 's'}`;
