/** A mail about one alert: the alert itself, an update of it, the way out, or a test. */
import type { Alert } from '../alerts/types.ts';
import { eventsOf } from './events.ts';
import { line, lines, webLink } from './foreign.ts';
import { counted, frameOf, type MailFrame, noOrganization, severityWord } from './frame.ts';
import type { MailFact, MailKind, MailLink, MailModel, MailText } from './types.ts';
import { inWords, readTime } from './when.ts';

export interface AlertMail extends MailFrame {
  alert: Alert;
  alertId: string;
  /** Empty when nobody knows whose it is. */
  organizationName: string;
  /** IANA name; times are given in UTC too. */
  timeZone: string;
  /** What changed, in words, when it tells of a later state. */
  update?: { words: string };
  /** It is told because this connection has not taken it; `words` say what stands in the way. */
  wayOut?: { words: string; connectionName: string };
  /** A person tries the settings. */
  isTest?: boolean;
  /** Whether the events behind an alert are listed, by the kind of its rule (req 115, 116). */
  detail: { respond: boolean; ioc: boolean };
  ticket?: { number: string; link?: string; connectionName: string };
  /** When Herald took it in; shown when the source gives no time. */
  receivedAt?: Date;
}

/** What is longer is cut, and a link leads to the rest. */
const most = { title: 500, description: 5_000, next: 2_000, preheader: 140 };

const labels: Record<Exclude<MailKind, 'digest' | 'review'>, string> = {
  alert: 'Security alert',
  update: 'Update of a security alert',
  wayOut: 'Security alert, not in the PSA yet',
  test: 'Test of a security alert',
};

export function alertModel(mail: AlertMail): MailModel {
  const { alert, organizationName } = mail;
  const kind = kindOf(mail);
  const organization = line(organizationName);
  const next = textOf('What to do next', alert.recommendedAction || ourNext(mail), most.next);
  const description = textOf('What happened', alert.description, most.description);
  const events = eventsOf(alert, mail.detail);
  return {
    kind,
    severity: alert.severity,
    label: labels[kind],
    preheader: preheaderOf(mail, organization),
    title: line(alert.title, most.title) || line(`Alert ${alert.source} ${alert.externalId}`, most.title),
    organization: organization || noOrganization,
    ...whenOf(mail),
    notices: noticesOf(mail),
    ...(next && { next }),
    links: linksOf(mail),
    facts: factsOf(mail),
    texts: description ? [description] : [],
    ...(events && { events }),
    lists: [],
    ...frameOf(mail),
  };
}

function kindOf({ isTest, wayOut, update }: AlertMail): keyof typeof labels {
  if (isTest) return 'test';
  if (wayOut) return 'wayOut';
  return update ? 'update' : 'alert';
}

/** Where the source says nothing. How an alert is investigated is not ours to say (req 3). */
const ourNext = ({ isTest }: AlertMail): string =>
  isTest ? '' : 'Its source names no step. Open the alert, see what is known, and decide who looks into it.';

function textOf(heading: string, text: string | undefined, limit: number): MailText | undefined {
  const kept = lines(text ?? '', limit);
  return kept.text === '' ? undefined : { heading, ...kept };
}

function whenOf({ alert, timeZone, receivedAt }: AlertMail): { when?: string } {
  const { occurredAt } = alert;
  const time = occurredAt === undefined ? undefined : readTime(occurredAt);
  if (time !== undefined) return { when: inWords(time, timeZone) };
  // Without a zone it may be many hours off, so nothing is computed from it.
  if (occurredAt) return { when: `${line(occurredAt, 100)} (as the source gives it)` };
  return receivedAt ? { when: `Received ${inWords(receivedAt.getTime(), timeZone)}` } : {};
}

function noticesOf({ alert, update, wayOut, isTest }: AlertMail): string[] {
  const notices: string[] = [];
  if (isTest)
    notices.push('This is a test of the e-mail settings. Nothing has happened, and nobody needs to act.');
  else if (alert.flags.includes('test')) notices.push('Its source has marked this alert as a test.');
  if (wayOut) {
    const connection = line(wayOut.connectionName);
    notices.push(
      `Its ticket is pending: ${connection} has not taken this alert yet. Please look at it yourself.`,
    );
    if (wayOut.words !== '') notices.push(line(wayOut.words, 500));
  }
  if (update && update.words !== '') notices.push(`What changed: ${line(update.words, 500)}.`);
  return notices;
}

function linksOf({ alert, alertId, baseUrl, ticket }: AlertMail): MailLink[] {
  const links = [{ words: 'Open the alert in Herald', href: `${baseUrl}/alerts/${alertId}` }];
  const source = webLink(alert.url);
  if (source) links.push({ words: `Open it at its source (${line(source.host, 100)})`, href: source.href });
  const inPsa = webLink(ticket?.link);
  if (ticket && inPsa) {
    const words = `Open ticket ${line(ticket.number, 60)} in ${line(ticket.connectionName, 100)}`;
    links.push({ words, href: inPsa.href });
  }
  return links;
}

function factsOf({ alert, ticket }: AlertMail): MailFact[] {
  const { user, device, location, rule, severity, originalSeverity } = alert;
  const hasOtherWord = originalSeverity !== '' && originalSeverity.toLowerCase() !== severity;
  return [
    fact('User', withDetail(user?.name, user?.email)),
    fact('Device', withDetail(device?.name, device?.ip)),
    fact('Application', alert.application),
    fact('IP address', alert.ip),
    fact('Location', listed(location?.city, location?.country)),
    fact('Rule', withDetail(rule?.name, listed(rule?.kind, rule?.id))),
    fact('Event type', alert.eventType),
    fact('Status', alert.status),
    fact('Source severity', hasOtherWord ? originalSeverity : undefined),
    fact('Incident', alert.incidentId),
    fact('Source', alert.source),
    fact('Source id', alert.externalId),
    fact('Source link', webLink(alert.url) ? undefined : alert.url),
    fact('Ticket', ticket && `${ticket.number} in ${ticket.connectionName}`),
  ].flat();
}

function fact(name: string, value: string | undefined): MailFact[] {
  const shown = line(value ?? '');
  return shown === '' ? [] : [{ name, value: shown }];
}

function withDetail(name: string | undefined, detail: string | undefined): string | undefined {
  if (name && detail) return `${name} (${detail})`;
  return name || detail;
}

const listed = (...values: (string | undefined)[]): string => values.filter(Boolean).join(', ');

/** The subject mostly has severity and title already. */
function preheaderOf({ alert, update }: AlertMail, organization: string): string {
  const { user, device, events } = alert;
  const said = [
    update?.words,
    organization,
    user?.email ?? user?.name,
    device?.name,
    alert.recommendedAction ?? alert.description,
    events?.length ? counted(events.length, 'event') : undefined,
  ];
  const parts = said.map((one) => line(one ?? '', most.preheader)).filter((one) => one !== '');
  return line(parts.join(' · '), most.preheader) || `${severityWord(alert.severity)} alert`;
}
