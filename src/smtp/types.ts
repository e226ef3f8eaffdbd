import type { Resolve } from '../outbound/index.ts';

/** A mail server as it is configured. */
export interface MailServer {
  /** A name or an address. */
  host: string;
  port: number;
  /** `tls`: from the first byte. `starttls`: required. `none`: only to what `HERALD_OUTBOUND_ALLOW` opens, and without sign-in. */
  security: 'tls' | 'starttls' | 'none';
  /** With `password`, or neither. */
  user?: string;
  password?: string;
}

/** One mail to one address. */
export interface Mail {
  /** The sender of the envelope, a bare address. */
  from: string;
  /** The one recipient of the envelope, a bare address; what the message itself says in `To` is not looked at. */
  to: string;
  /** RFC 5322. Line ends that are not CRLF become CRLF, and the last line is ended; else it arrives as it is. */
  message: Buffer;
}

/** Why a mail was not accepted. */
export type MailReason =
  /** The server wants another sign-in, or none that can be given. */
  | 'auth'
  /** No TLS, or a certificate that proves nothing. */
  | 'tls'
  /** No connection, or it ended or fell silent before the message was complete. */
  | 'network'
  /** The host, or an address of the envelope, is one that is never used. */
  | 'address'
  /** The server has no time now. */
  | 'busy'
  /** Larger than the server takes. */
  | 'size'
  /** What the server answered. */
  | 'reply'
  /** The permit said no. */
  | 'permit'
  /** The mailer was stopped. */
  | 'stopped';

/** Proven: the mail was not accepted. */
export interface MailRefusal {
  kind: 'refused';
  /**
   * Whom it is about: `server` means that the same mail may pass as soon as a server can be used. A server that fails once
   * it has taken MAIL FROM may do so because of the recipient or the message: it is about those until others prove otherwise.
   */
  about: 'server' | 'recipient' | 'message';
  /** Trying the same again cannot help: for `server`, until there is a new mailer. */
  isFinal: boolean;
  reason: MailReason;
  /** The reply code of SMTP, when there was a reply. */
  code?: number;
  /** A line for people, without secrets; a server's own words are in it, so it is foreign text. */
  text: string;
  /** When a server can be tried again at the earliest. */
  retryAfterMs?: number;
  /** The largest message in bytes that this server takes; with the reason `size`, if the server named it. */
  mostBytes?: number;
}

/** Whether a mail may go on: asked just before `MAIL FROM` (`envelope`), and just before the first byte of the content. */
export type MailPermit = (moment: 'envelope' | 'content') => boolean;

/** What came of a mail. */
export type MailOutcome =
  /** The server took it over. `reply` is foreign text in one line. */
  | { kind: 'done'; reply: string; server: string }
  | MailRefusal
  /** The message was complete on its way, and no answer to it came. */
  | { kind: 'uncertain'; evidence: string };

/** Bounds of a mailer; each has a default. Times in milliseconds. */
export interface MailLimits {
  /** Most connections to one server. Default 5. */
  connections: number;
  /** So many mails under way or waiting make one connection. Default 5. */
  mailsPerConnection: number;
  /** A connection is closed after so many mails. Default 100. */
  mailsEach: number;
  /**
   * For names, connect, banner, EHLO, TLS and sign-in together. Default 30 s, less than the 5 min of RFC 5321 for the
   * banner: connections are opened one after the other, so a silent server would keep all that waits from the next server.
   */
  setupMs: number;
  /**
   * For the answer to each command before the content. Default 60 s, less than the 5 min (`DATA`: 2 min) of RFC 5321
   * §4.5.3.2: whoever takes over a mail sends it again after 5 min, so three answers must have come before that. Giving up
   * proves that nothing was accepted, and the next server gets the mail.
   */
  commandMs: number;
  /** For the server to take some more of the content. Default 3 min. */
  blockMs: number;
  /** For the answer to the final dot. Default 10 min. */
  answerMs: number;
  /** For one mail with everything, waiting included. Default 15 min. */
  totalMs: number;
  /** A mail that takes longer keeps no others from having a connection. Default 10 s. */
  slowMs: number;
  /** An idle connection is closed after so long. Default 30 s. */
  idleMs: number;
  /** Most that a server may say for one mail, in bytes. Default 64 kB. */
  replyBytes: number;
  /** A server that cannot be used is left alone so long, twice as long each further time. Default 30 s. */
  restMs: number;
  /** But never longer than this. Default 15 min. */
  longestRestMs: number;
}

/** How a mailer is built. */
export interface MailerOptions {
  /** In the order in which they are tried. */
  servers: readonly MailServer[];
  /** Entries of `HERALD_OUTBOUND_ALLOW`: host names, addresses, or CIDRs. */
  allow: readonly string[];
  /** Replaces DNS in tests. */
  resolve?: Resolve;
  /** Certificate authorities (PEM) trusted beside the built-in ones. */
  ca?: string;
  /** Monotonic milliseconds. */
  now: () => number;
  limits?: Partial<MailLimits>;
  /** From 0 to 1, for the jitter of rests. */
  random?: () => number;
  log?: MailLog;
}

/** Told when a server is left alone, and for how long. No secrets, no addresses of people. */
export type MailLog = (fields: Record<string, unknown>, text: string) => void;

/** What a look at one server found. */
export type ServerCheck =
  | { host: string; port: number; isOk: true }
  | { host: string; port: number; isOk: false; reason: MailReason; text: string };

/** How a server does. */
export interface ServerState {
  host: string;
  port: number;
  /** What is wrong with it, in words; gone as soon as it works. */
  problem?: string;
  /** It is not tried any more until there is a new mailer. */
  stopped: boolean;
}

/** The one door for mail. */
export interface Mailer {
  /**
   * Sends one mail at most once: what another server or connection is given was proven not to be accepted before.
   * @param permit false: nothing is sent. What it throws, `send` throws; nothing is sent then either.
   */
  send(mail: Mail, permit: MailPermit): Promise<MailOutcome>;
  /** Connects to each server and signs in, but sends nothing. A stopped server is not tried. */
  verify(): Promise<ServerCheck[]>;
  /** Each server, in order. */
  state(): ServerState[];
  /** Open connections, those included that are being opened. */
  connections(): number;
  /** Takes no more mails and ends those under way: refused before the final dot, uncertain after it. */
  abort(): void;
  /** Takes no more mails and resolves when those under way have ended. */
  close(): Promise<void>;
}
