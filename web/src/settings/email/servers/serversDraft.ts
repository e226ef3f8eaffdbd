/** How mail leaves, while it is typed. */
import type { QueryClient } from '@tanstack/react-query';
import type { MailServer, MailSettings } from '../queries.ts';
import { settingsDraft } from '../settingsDraft.ts';

/** A server as it is typed; `key` stays with its row. */
export interface ServerRow {
  key: string;
  host: string;
  port: string;
  security: MailServer['security'];
  user: string;
  /** Empty: the stored one stays. */
  password: string;
}

export interface ServersDraft {
  servers: readonly ServerRow[];
  fromAddress: string;
  replyTo: string;
  ratePerMinute: string;
}

/** The port that servers have for a kind of encryption. */
export const usualPorts: Record<MailServer['security'], string> = { tls: '465', starttls: '587', none: '25' };

export const newServer = (): ServerRow => ({
  key: crypto.randomUUID(),
  host: '',
  port: usualPorts.starttls,
  security: 'starttls',
  user: '',
  password: '',
});

const rowOf = ({ host, port, security, user }: MailServer): ServerRow => ({
  key: `${host}:${port}`,
  host,
  port: String(port),
  security,
  user: user ?? '',
  password: '',
});

const valuesOf = ({ servers, fromAddress, replyTo, ratePerMinute }: MailSettings): ServersDraft => ({
  servers: servers.map(rowOf),
  fromAddress: fromAddress ?? '',
  replyTo: replyTo ?? '',
  ratePerMinute: String(ratePerMinute),
});

/** As the API takes it. */
const toServer = ({ host, port, security, user, password }: ServerRow) => ({
  host: host.trim(),
  port: Number(port),
  security,
  ...(user.trim() !== '' && { user: user.trim() }),
  ...(password !== '' && { password }),
});

function toBody({ servers, fromAddress, replyTo, ratePerMinute }: ServersDraft) {
  return {
    servers: servers.map(toServer),
    fromAddress: fromAddress.trim() || null,
    replyTo: replyTo.trim() || null,
    ratePerMinute: Number(ratePerMinute),
  };
}

type Body = ReturnType<typeof toBody>;

/** The members that differ. */
function changedOf(one: ServersDraft, other: ServersDraft): Partial<Body> {
  const [wanted, has] = [toBody(one), toBody(other)];
  const members = (Object.keys(wanted) as (keyof Body)[]).filter(
    (member) => JSON.stringify(wanted[member]) !== JSON.stringify(has[member]),
  );
  return Object.fromEntries(members.map((member) => [member, wanted[member]]));
}

const inWords = ({ servers }: MailSettings): string =>
  servers.map(({ host, port, user }) => `${user ? `${user} at ` : ''}${host}:${port}`).join(', then ');

/** What somebody else has changed, in sentences. */
export function differencesOfServers(was: MailSettings, now: MailSettings): string[] {
  const changed = changedOf(valuesOf(was), valuesOf(now));
  return [
    changed.servers ? `The servers are ${inWords(now) || 'those of the installation'} now.` : '',
    'fromAddress' in changed ? `The sender is ${now.fromAddress ?? 'not set'} now.` : '',
    'replyTo' in changed ? `Answers go to ${now.replyTo ?? 'the sender'} now.` : '',
    'ratePerMinute' in changed ? `${now.ratePerMinute} mails a minute may leave now.` : '',
  ].filter((sentence) => sentence !== '');
}

export const serversDraft = (client: QueryClient) =>
  settingsDraft<ServersDraft>(client, {
    valuesOf,
    isSame: (one, other) => Object.keys(changedOf(one, other)).length === 0,
    bodyOf: (values, stored) => changedOf(values, valuesOf(stored)),
    differences: differencesOfServers,
    done: 'How mail leaves was saved. Check the servers, then send a test mail.',
  });

/** What can be said about the draft before it is sent, by field. */
export function mistakesOf({ servers, ratePerMinute }: ServersDraft): Record<string, string> {
  const mistakes: Record<string, string> = {};
  for (const [at, { host, port }] of servers.entries()) {
    if (host.trim() === '') mistakes[`servers[${at}].host`] = 'Enter the name of the server.';
    if (!isWhole(port, 65_535)) mistakes[`servers[${at}].port`] = 'A port is a number from 1 to 65535.';
  }
  if (!isWhole(ratePerMinute, 100_000)) mistakes.ratePerMinute = 'Enter a number from 1 to 100,000.';
  return mistakes;
}

const isWhole = (text: string, most: number): boolean =>
  /^\d+$/.test(text.trim()) && Number(text) >= 1 && Number(text) <= most;
