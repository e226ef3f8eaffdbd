/** What the functions of this slice work with. */
import type { Logger } from 'pino';
import type { Acceptor } from '../alerts/acceptor.ts';
import type { Database } from '../db/database.ts';
import type { SecretBox } from '../secrets/index.ts';
import type { SettingsCache } from '../settings/index.ts';
import type { Mailer, MailServer } from '../smtp/index.ts';

/** What the installation gives to workspaces that have none of their own. */
export interface Installation {
  servers: readonly MailServer[];
  from?: string | undefined;
}

export interface EmailParts {
  db: Database;
  settings: SettingsCache;
  secretBox: SecretBox;
  log: Logger;
  config: {
    /** HERALD_SMTP_URL and HERALD_MAIL_FROM. */
    smtp: Installation;
    /** HERALD_OUTBOUND_ALLOW. */
    outboundAllow: readonly string[];
  };
  /** For checks, and for mails that belong to no alert; the caller closes it. */
  openMailer(servers: readonly MailServer[]): Mailer;
}

/** How the mail of a workspace leaves now. */
export interface OpenedMail {
  /** Of the settings: changes whenever they do. */
  revision: string;
  /** In the order in which they are tried; empty while there is no server, no sender, or a password that cannot be read. */
  servers: MailServer[];
  head: { from: string; replyTo?: string };
  ratePerMinute: number;
}

export interface Email {
  /** Servers with passwords in clear, for whoever sends now; never stored, logged or answered. */
  open(workspaceId: string): Promise<OpenedMail>;
  /**
   * All servers refuse the login: nothing leaves until a person acts (promise P8). Ignored when other settings than those
   * of `revision` are in use by now.
   */
  stop(workspaceId: string, problem: string, revision: string): Promise<void>;
  /** Called after a change of servers, subjects or recipients has been committed. */
  onChange(listener: (workspaceId: string) => void): void;
  readonly parts: EmailParts;
  /** A change has been committed. */
  changed(workspaceId: string): void;
}

export interface EmailRouteParts {
  email: Email;
  acceptor: Pick<Acceptor, 'accept'>;
  /** Where people reach the service, for links in mails. */
  baseUrl: string;
  /** How long a test mail is waited for, in milliseconds. */
  testWaitMs?: number;
}

/** What routes work with. */
export interface Slice
  extends EmailParts,
    Omit<EmailRouteParts, 'email'>,
    Pick<Email, 'open' | 'stop' | 'changed'> {
  /** What the last check in this process found wrong: by workspace, then by server. */
  readonly checks: Map<string, ReadonlyMap<string, string>>;
}
