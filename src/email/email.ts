/** What the rest of the product gets of a workspace's mail: how it leaves, stopping it, hearing of changes. */
import type { Email, EmailParts, Installation, OpenedMail } from './parts.ts';
import { stopMail, unsealServers } from './settings.ts';
import { findMailSettings, type MailSettingsRow } from './settingsStore.ts';

const unreadable =
  'The stored passwords of the mail servers cannot be read with the secret key in use. Enter them again, or restore the key.';

export function createEmail(parts: EmailParts): Email {
  const { db, log, secretBox, config } = parts;
  const listeners: ((workspaceId: string) => void)[] = [];
  const changed = (workspaceId: string) => {
    for (const listener of listeners) listener(workspaceId);
  };

  async function stop(workspaceId: string, problem: string, revision: string): Promise<void> {
    if (!(await stopMail(db, workspaceId, problem, revision))) return;
    log.warn({ workspaceId, problem }, 'mail.stopped');
    changed(workspaceId);
  }

  return {
    async open(workspaceId) {
      const row = await db.inWorkspace(workspaceId, (tx) => findMailSettings(tx, workspaceId));
      const servers = unsealServers({ secretBox, workspaceId }, row);
      if (!servers) await stop(workspaceId, unreadable, String(row.revision));
      return toOpened(row, servers ?? [], config.smtp);
    },
    stop,
    onChange: (listener) => void listeners.push(listener),
    parts,
    changed,
  };
}

function toOpened(row: MailSettingsRow, own: OpenedMail['servers'], installation: Installation): OpenedMail {
  const from = row.from_address ?? installation.from;
  const servers = row.servers.length > 0 ? own : [...installation.servers];
  return {
    revision: String(row.revision),
    servers: from === undefined ? [] : servers,
    head: { from: from ?? '', ...(row.reply_to !== null && { replyTo: row.reply_to }) },
    ratePerMinute: row.rate_per_minute,
  };
}
