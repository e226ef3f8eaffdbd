/** Asks the mail servers whether they can be used, as a person wants to know (connect, TLS, sign-in; no mail). */
import type { By } from '../audit/index.ts';
import { Problem } from '../errors.ts';
import { changeSettings } from '../settings/index.ts';
import type { ServerCheck } from '../smtp/index.ts';
import type { Slice } from './parts.ts';
import { clearAttention, recordEmail } from './settings.ts';
import { findMailSettings, serverKey } from './settingsStore.ts';

interface Verified {
  ok: boolean;
  servers: { host: string; port: number; ok: boolean; text: string }[];
}

/**
 * One line for each server. A server that can be used clears what a person was asked for; when all refuse the login,
 * nothing leaves until the settings change.
 * @throws Problem 409 when there is no server that can be asked, or no sender
 */
export async function verifyServers(
  slice: Slice,
  { workspaceId, by }: { workspaceId: string; by: By },
): Promise<Verified> {
  const opened = await slice.open(workspaceId);
  if (opened.servers.length === 0) throw await notSetUp(slice, workspaceId);
  const mailer = slice.openMailer(opened.servers);
  let found: ServerCheck[];
  try {
    found = await mailer.verify();
  } finally {
    await mailer.close();
  }
  const servers = found.map(toLine);
  const isUsable = found.some(({ isOk }) => isOk);
  const words = Object.fromEntries(
    servers.map((one) => [`Check of ${serverKey(one)}`, one.ok ? 'passed' : one.text]),
  );
  await changeSettings(slice.db, workspaceId, async (tx) => {
    if (isUsable) await clearAttention(tx, workspaceId, opened.revision);
    await recordEmail(tx, workspaceId, by, { action: 'email.verify', after: words });
  });
  slice.checks.set(
    workspaceId,
    new Map(servers.flatMap((one) => (one.ok ? [] : [[serverKey(one), one.text]]))),
  );
  const refusal = found.find((one) => !one.isOk && one.reason === 'auth');
  const isRefused = found.every((one) => !one.isOk && one.reason === 'auth');
  if (isRefused && refusal && !refusal.isOk) await slice.stop(workspaceId, refusal.text, opened.revision);
  if (isUsable) slice.changed(workspaceId);
  return { ok: servers.every(({ ok }) => ok), servers };
}

function toLine(check: ServerCheck): Verified['servers'][number] {
  const { host, port } = check;
  const text = check.isOk ? `${host}:${port} can be used.` : check.text;
  return { host, port, ok: check.isOk, text };
}

/** What is missing for any mail, when {@link Slice.open} has answered no server. */
export async function notSetUp({ db }: Pick<Slice, 'db'>, workspaceId: string): Promise<Problem> {
  const { servers, attention } = await db.inWorkspace(workspaceId, (tx) => findMailSettings(tx, workspaceId));
  // There are some whose passwords cannot be read.
  const isUnusable = servers.length > 0 && attention !== null;
  return new Problem(
    409,
    'emailNotSetUp',
    isUnusable
      ? attention
      : 'E-mail is not set up yet: enter a mail server and a sender address first, or have HERALD_SMTP_URL and HERALD_MAIL_FROM set.',
  );
}
