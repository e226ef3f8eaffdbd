/** One mail for many alerts: what waited for an address while there were too many for single mails. */
import { type Severity, severities } from '../alerts/types.ts';
import { line } from './foreign.ts';
import { counted, frameOf, type MailFrame, noOrganization } from './frame.ts';
import type { MailItem, MailList, MailModel } from './types.ts';

/** An alert of a digest; one that changed meanwhile, or whose ticket is pending, is there once for each of that. */
export interface DigestEntry {
  alertId: string;
  title: string;
  severity: Severity;
  /** Empty when nobody knows whose it is. */
  organizationName: string;
  source: string;
  externalId: string;
  /** For a later state, or one that a PSA has not taken: what happened, in words. */
  change?: string;
  /** Its PSA has not taken it. */
  isTicketPending?: boolean;
}

export interface DigestMail extends MailFrame {
  /** In the order of acceptance. */
  alerts: readonly DigestEntry[];
  /** Where all of them are; else the list of alerts. */
  listLink?: string;
}

/** More alerts are counted, and so many organizations are named. */
const most = { rows: 1_000, organizations: 8 };

/** The title says how many there are of each severity, and serves as a subject. */
export function digestModel(mail: DigestMail): MailModel {
  const ordered = severestFirst(mail.alerts);
  const newest = severestFirst(newestOf(mail.alerts));
  const title = countsOf(newest);
  return {
    kind: 'digest',
    ...(ordered[0] && { severity: ordered[0].severity }),
    label: 'Many security alerts at once',
    preheader:
      line(
        ordered
          .slice(0, 3)
          .map((one) => one.title)
          .join(' · '),
        140,
      ) || title,
    title,
    notices: [
      ...pendingIn(ordered),
      'There were more alerts than single mails may be sent for, so this mail is about all of them.',
    ],
    links: [{ words: 'Open the alerts in Herald', href: listLinkOf(mail) }],
    facts: [],
    texts: [],
    lists: [
      byOrganization(newest, listLinkOf(mail)),
      {
        heading: 'Alerts, severest first',
        total: ordered.length,
        rows: ordered.slice(0, most.rows).map((one) => itemOf(one, mail)),
        link: listLinkOf(mail),
      },
    ],
    ...frameOf(mail),
  };
}

function pendingIn(alerts: readonly DigestEntry[]): string[] {
  const pending = alerts.filter(({ isTicketPending }) => isTicketPending).length;
  if (pending === 0) return [];
  if (pending === 1)
    return [
      'The ticket of one of them is pending: the PSA has not taken it yet. Please look at it yourself.',
    ];
  const tickets = `The tickets of ${pending.toLocaleString('en-US')} of them are pending`;
  return [`${tickets}: the PSA has not taken them yet. Please look at these yourself.`];
}

const listLinkOf = ({ listLink, baseUrl }: DigestMail): string => listLink ?? `${baseUrl}/alerts`;

/** Severest first; among those of a severity the newest, which nobody has seen. */
function severestFirst(alerts: readonly DigestEntry[]): DigestEntry[] {
  const bySeverity = Map.groupBy(alerts, ({ severity }) => severity);
  return severities.toReversed().flatMap((severity) => (bySeverity.get(severity) ?? []).toReversed());
}

/** Each alert once, as it is by the last that is told of it. */
const newestOf = (alerts: readonly DigestEntry[]): DigestEntry[] => [
  ...new Map(alerts.map((one) => [one.alertId, one])).values(),
];

/** "37 alerts: 8 critical, 29 high" */
function countsOf(alerts: readonly DigestEntry[]): string {
  const counts = [...Map.groupBy(alerts, ({ severity }) => severity)];
  const words = counts.map(([severity, those]) => `${those.length.toLocaleString('en-US')} ${severity}`);
  return [counted(alerts.length, 'alert'), words.join(', ')].filter((one) => one !== '').join(': ');
}

/** Those with the most alerts by name, the others together. */
function byOrganization(alerts: readonly DigestEntry[], link: string): MailList {
  const groups = [...Map.groupBy(alerts, ({ organizationName }) => organizationName)];
  const sorted = groups.toSorted(([, one], [, other]) => other.length - one.length);
  // One more is named rather than counted.
  const named = sorted.length <= most.organizations + 1 ? sorted : sorted.slice(0, most.organizations);
  const rows = named.map(([name, those]) => ({
    title: line(name, 120) || noOrganization,
    details: [countsOf(those)],
  }));
  const others = sorted.slice(named.length).flatMap(([, those]) => those);
  if (others.length > 0) {
    const title = counted(sorted.length - named.length, 'more organization');
    rows.push({ title, details: [countsOf(severestFirst(others))] });
  }
  return { heading: 'By organization', total: rows.length, rows, link };
}

function itemOf(entry: DigestEntry, { baseUrl }: DigestMail): MailItem {
  const { alertId, title, severity, organizationName, source, externalId, change = '' } = entry;
  const id = line(`${line(source, 60)} ${line(externalId, 100)}`, 161);
  return {
    severity,
    title: line(title, 200) || id,
    href: `${baseUrl}/alerts/${alertId}`,
    details: [line(organizationName, 120), id, line(change, 200)].filter((one) => one !== ''),
  };
}
