/** Changes of a workspace's mail settings, each recorded. */
import type { z } from 'zod';
import { type By, bySystem, type Members, record } from '../audit/index.ts';
import type { Database, Tx } from '../db/database.ts';
import { type FieldError, invalid } from '../errors.ts';
import { readHost } from '../outbound/index.ts';
import type { SecretBox } from '../secrets/index.ts';
import { changeSettings } from '../settings/index.ts';
import type { MailServer } from '../smtp/index.ts';
import { ensureLease } from '../wake/leases.ts';
import type { Email, EmailParts } from './parts.ts';
import type { mailSettingsChange } from './schemas.ts';
import {
  findMailSettings,
  forgetPasswords,
  type MailSettingsRow,
  saveMailSettings,
  serverKey,
  setMailAttention,
} from './settingsStore.ts';
import { checkSubject, type GivenServer, readAddress, readServers } from './validate.ts';

type Change = z.output<typeof mailSettingsChange>;

/** Where a password belongs; the id of the mail channel is that of the workspace. */
const placeOf = (workspaceId: string, server: Pick<MailServer, 'host' | 'port'>) => ({
  workspaceId,
  connectionId: workspaceId,
  field: `smtp ${serverKey(server)}`,
});

/**
 * Stores the members that are given. Other servers, or other passwords, clear what a person was asked for.
 * @throws Problem 422 with a message for each field, 412 of `check`
 */
export async function changeMailSettings(
  { db, secretBox, config }: Pick<EmailParts, 'db' | 'secretBox' | 'config'>,
  { workspaceId, by }: { workspaceId: string; by: By },
  change: Change,
  check: (tx: Tx, row: MailSettingsRow) => Promise<void>,
): Promise<void> {
  await changeSettings(db, workspaceId, async (tx) => {
    const before = await findMailSettings(tx, workspaceId);
    await check(tx, before);
    const box = { secretBox, workspaceId, dataKey: before.data_key };
    const { row, replaced } = merge(before, change, box, config.outboundAllow);
    await saveMailSettings(tx, workspaceId, row);
    await ensureLease(tx, workspaceId, workspaceId);
    await recordEmail(tx, workspaceId, by, {
      action: 'email.settings',
      before: toMembers(before, new Set()),
      after: toMembers(row, replaced),
    });
  });
}

interface Box {
  secretBox: SecretBox;
  workspaceId: string;
  dataKey: string;
}

type NewRow = Parameters<typeof saveMailSettings>[2];

/** The row as it will be, and the servers whose password is another one then. */
function merge(
  before: MailSettingsRow,
  change: Change,
  box: Box,
  allowed: readonly string[],
): { row: NewRow; replaced: ReadonlySet<string> } {
  const errors: FieldError[] = [
    ...checkSubject('globalSubject', 'Subject for global recipients', change.globalSubject),
    ...checkSubject(
      'organizationSubject',
      'Subject for recipients of organizations',
      change.organizationSubject,
    ),
  ];
  const take = (field: 'fromAddress' | 'replyTo', stored: string | null): string | null => {
    const given = change[field];
    if (given === undefined) return stored;
    if (given === null || given === '') return null;
    const read = readAddress(field, given);
    if (read.ok) return read.address;
    errors.push(read.error);
    return null;
  };
  const from_address = take('fromAddress', before.from_address);
  const reply_to = take('replyTo', before.reply_to);
  const servers = change.servers && mergeServers(before, change.servers, box, allowed);
  if (servers?.ok === false) errors.push(...servers.errors);
  if (errors.length > 0) throw invalid(errors);
  const row: NewRow = {
    ...before,
    from_address,
    reply_to,
    rate_per_minute: change.ratePerMinute ?? before.rate_per_minute,
    global_subject: change.globalSubject ?? before.global_subject,
    organization_subject: change.organizationSubject ?? before.organization_subject,
    respond_event_detail: change.respondEventDetail ?? before.respond_event_detail,
    ioc_event_detail: change.iocEventDetail ?? before.ioc_event_detail,
    ...(servers?.ok && { ...servers.stored, attention: null }),
  };
  return { row, replaced: servers?.ok ? servers.replaced : new Set() };
}

function mergeServers(
  before: MailSettingsRow,
  given: NonNullable<Change['servers']>,
  box: Box,
  allowed: readonly string[],
):
  | { ok: false; errors: FieldError[] }
  | { ok: true; stored: Pick<NewRow, 'servers' | 'sealed'>; replaced: ReadonlySet<string> } {
  const kept = keptPasswords(before);
  const read = readServers(
    given.map(
      (server): GivenServer => ({
        ...server,
        password: server.password || (kept(server) ? stays : undefined),
      }),
    ),
    allowed,
  );
  if (!read.ok) return read;
  const replaced = new Set(
    given.flatMap((server, at) => (server.password ? [serverKey(read.servers[at]!)] : [])),
  );
  const sealed = read.servers.flatMap((server): [string, string][] => {
    const key = serverKey(server);
    if (!server.password) return [];
    if (!replaced.has(key)) return [[key, before.sealed[key]!]];
    return [[key, box.secretBox.seal(placeOf(box.workspaceId, server), server.password, box.dataKey)]];
  });
  const servers = read.servers.map(({ password: _password, ...server }) => server);
  return { ok: true, stored: { servers, sealed: Object.fromEntries(sealed) }, replaced };
}

/** Stands for a stored password while the settings are judged. */
const stays = 'stays as it is';

/** A stored password goes to the host, port and user that it was entered for, and to no others. */
function keptPasswords(before: MailSettingsRow) {
  return ({ host, port, user }: GivenServer): boolean => {
    const known = before.servers.find((one) => one.host === (readHost(host) ?? host) && one.port === port);
    return known !== undefined && known.user === user && serverKey(known) in before.sealed;
  };
}

/** Without secrets. */
function toMembers(
  row: Omit<MailSettingsRow, 'revision' | 'data_key' | 'attention_since'>,
  replaced: ReadonlySet<string>,
): Members {
  return {
    servers: row.servers.map(({ host, port, security, user }) => {
      const key = serverKey({ host, port });
      const password = replaced.has(key) ? 'password replaced' : key in row.sealed ? 'with password' : '';
      return [`${host}:${port}`, security, user, password].filter(Boolean).join(' ');
    }),
    fromAddress: row.from_address,
    replyTo: row.reply_to,
    ratePerMinute: row.rate_per_minute,
    globalSubject: row.global_subject,
    organizationSubject: row.organization_subject,
    respondEventDetail: row.respond_event_detail,
    iocEventDetail: row.ioc_event_detail,
    attention: row.attention,
  };
}

/** An entry of the audit about the mail of a workspace as a whole. */
export function recordEmail(
  tx: Tx,
  workspaceId: string,
  by: By,
  deed: {
    action: `email.${'settings' | 'verify' | 'test' | 'stop' | 'forget'}`;
    before?: Members;
    after?: Members;
  },
): Promise<void> {
  return record(tx, workspaceId, by, { ...deed, target: { kind: 'email', id: workspaceId, name: 'E-mail' } });
}

/** The servers with their passwords in clear; undefined when one cannot be read with the keys at hand. */
export function unsealServers(
  { secretBox, workspaceId }: Omit<Box, 'dataKey'>,
  { servers, sealed, data_key }: MailSettingsRow,
): MailServer[] | undefined {
  const opened: MailServer[] = [];
  for (const server of servers) {
    const text = sealed[serverKey(server)];
    if (text === undefined) {
      opened.push(server);
      continue;
    }
    const secret = secretBox.open(placeOf(workspaceId, server), text, data_key);
    if (!secret.ok) return undefined;
    opened.push({ ...server, password: secret.value });
  }
  return opened;
}

/** See {@link Email.stop}. Answers whether it is news. */
export function stopMail(
  db: Database,
  workspaceId: string,
  problem: string,
  revision: string,
): Promise<boolean> {
  return changeSettings(db, workspaceId, async (tx) => {
    const row = await findMailSettings(tx, workspaceId);
    if (String(row.revision) !== revision) return false;
    const isNews = await setMailAttention(tx, workspaceId, problem);
    if (isNews) {
      await recordEmail(tx, workspaceId, bySystem('delivery'), {
        action: 'email.stop',
        after: { attention: problem },
      });
    }
    return isNews;
  });
}

/** The login works again: what was held goes on. Of settings that were stored meanwhile nothing has been learnt. */
export async function clearAttention(tx: Tx, workspaceId: string, revision: string): Promise<void> {
  const row = await findMailSettings(tx, workspaceId);
  if (row.attention === null || String(row.revision) !== revision) return;
  await saveMailSettings(tx, workspaceId, { ...row, attention: null });
}

const lostWords = 'The secret key was lost, and the passwords of the mail servers with it. Enter them again.';

/** Forgets sealed passwords with a key that is lost, in a change of settings. */
export async function forgetMailSecrets(tx: Tx, workspaceId: string): Promise<void> {
  if (!(await forgetPasswords(tx, workspaceId, lostWords))) return;
  await recordEmail(tx, workspaceId, bySystem('commandLine', 'Command line'), {
    action: 'email.forget',
    after: { attention: lostWords },
  });
}
