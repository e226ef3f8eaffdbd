/** E-mail of the API as commands read and say it. */

export interface MailServer {
  host: string;
  port: number;
  security: string;
  user: string | null;
  hasPassword: boolean;
  problem: string | null;
}

export interface MailSettings {
  globalSubject: string;
  organizationSubject: string;
  respondEventDetail: boolean;
  iocEventDetail: boolean;
  servers: MailServer[];
  replyTo: string | null;
  ratePerMinute: number;
  isSetUp: boolean;
  fromInstallation: boolean;
  sender: string | null;
  attention: string | null;
}

export interface Recipient {
  id: string;
  organizationId: string | null;
  organizationName: string | null;
  address: string;
  severities: string[] | null;
  note: string;
  owner: string;
  reviewOn: string | null;
  isReviewDue: boolean;
  state: 'ok' | 'stopped';
  stopped: { since: string; refusal: string; refusals: number } | null;
}

/** The settings in lines for people. */
export function settingsInLines(settings: MailSettings): string[] {
  const { servers, isSetUp, fromInstallation, attention } = settings;
  const word = (flag: boolean) => (flag ? 'on' : 'off');
  const state = attention
    ? `needs a person: ${attention}`
    : !isSetUp
      ? 'not set up yet: enter a mail server and a sender'
      : fromInstallation
        ? "set up, with what the installation's environment names"
        : 'set up';
  return [
    `E-mail          ${state}`,
    ...servers.map((server, at) => `Server ${at + 1}        ${serverInWords(server)}`),
    `Sender          ${settings.sender ?? 'none'}`,
    `Reply to        ${settings.replyTo ?? 'the sender'}`,
    `Rate            ${settings.ratePerMinute} mails a minute`,
    `Global subject  ${settings.globalSubject}`,
    `Organizations'  ${settings.organizationSubject}`,
    `Event detail    respond ${word(settings.respondEventDetail)}, IOC ${word(settings.iocEventDetail)}`,
  ];
}

function serverInWords({ host, port, security, user, hasPassword, problem }: MailServer): string {
  const signIn = user === null ? 'no sign-in' : `as ${user}${hasPassword ? '' : ' (no password)'}`;
  return [`${host}:${port}`, securityWords[security] ?? security, signIn, problem].filter(Boolean).join(', ');
}

const securityWords: Readonly<Record<string, string>> = {
  tls: 'TLS',
  starttls: 'STARTTLS',
  none: 'without TLS',
};

export const recipientHeadings = ['RECIPIENT', 'ADDRESS', 'LIST', 'SEVERITIES', 'REVIEW', 'STATE', 'NOTE'];

/** A recipient as a row of a table. */
export function recipientRow(one: Recipient): string[] {
  const review = one.reviewOn === null ? '' : `${one.reviewOn}${one.isReviewDue ? ' (due)' : ''}`;
  const state = one.stopped === null ? 'ok' : `stopped: ${one.stopped.refusal}`;
  const severities = one.severities === null ? 'all' : one.severities.join(', ');
  return [one.id, one.address, one.organizationName ?? 'global', severities, review, state, one.note];
}
