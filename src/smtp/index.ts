/**
 * The one door for mail (promises P12, P17, M12): every connection to a mail server is opened here, so the rules on
 * addresses, TLS, passwords, deadlines and "accepted or not" exist once. It knows nothing of alerts.
 */
export { readEndpoint } from './endpoint.ts';
export { createMailer } from './mailer.ts';
export type {
  Mail,
  Mailer,
  MailerOptions,
  MailLimits,
  MailLog,
  MailOutcome,
  MailPermit,
  MailReason,
  MailRefusal,
  MailServer,
  ServerCheck,
  ServerState,
} from './types.ts';
