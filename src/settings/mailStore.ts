/** SQL of the mail part of a workspace's settings. */
import type { Severity } from '../alerts/types.ts';
import type { Tx } from '../db/database.ts';
import type { MailSettings, Recipient } from '../plan/types.ts';
import { mailSubjects } from '../templates/index.ts';

/** What the installation gives to workspaces that have none of their own. */
export interface MailDefaults {
  /** Mail servers are named in the environment. */
  hasServers: boolean;
  hasSender: boolean;
}

interface MailRow {
  has_servers: boolean;
  has_sender: boolean;
  global_subject: string;
  organization_subject: string;
  respond_event_detail: boolean;
  ioc_event_detail: boolean;
  attention: string | null;
}

interface RecipientRow {
  organization_id: string | null;
  address: string;
  severities: Severity[] | null;
}

/** No `mail` while there is no server or no sender. Recipients of organizations are by the organization's id. */
export async function loadMail(
  tx: Tx,
  workspaceId: string,
  defaults: MailDefaults,
): Promise<{ mail?: MailSettings; recipientsOf: Map<string, Recipient[]> }> {
  const recipients = await loadRecipients(tx, workspaceId);
  const { rows } = await tx.query<MailRow>(
    `select jsonb_array_length(servers) > 0 as has_servers, from_address is not null as has_sender, global_subject,
            organization_subject, respond_event_detail, ioc_event_detail, attention
       from mail_settings where workspace_id = $1`,
    [workspaceId],
  );
  const row = rows[0];
  const canSend = (row?.has_servers || defaults.hasServers) && (row?.has_sender || defaults.hasSender);
  const global = recipients.get('') ?? [];
  recipients.delete('');
  if (!canSend) return { recipientsOf: recipients };
  return { mail: toMail(row, global), recipientsOf: recipients };
}

/**
 * Those of these addresses (in the form in which they are compared) to which no mail goes any more. Not part of the
 * snapshot: what mail servers answer stops an address, without a change of settings.
 */
export async function stoppedAmong(
  tx: Tx,
  workspaceId: string,
  addresses: readonly string[],
): Promise<ReadonlySet<string>> {
  if (addresses.length === 0) return new Set();
  const { rows } = await tx.query<{ address: string }>(
    'select address from mailboxes where workspace_id = $1 and address = any($2::text[]) and stopped_at is not null',
    [workspaceId, addresses],
  );
  return new Set(rows.map(({ address }) => address));
}

const toMail = (row: MailRow | undefined, recipients: readonly Recipient[]): MailSettings => ({
  globalSubject: row?.global_subject ?? mailSubjects.global,
  organizationSubject: row?.organization_subject ?? mailSubjects.organization,
  eventDetail: { respond: row?.respond_event_detail ?? true, ioc: row?.ioc_event_detail ?? true },
  recipients,
  ...(row?.attention != null && { attention: row.attention }),
});

/** By organization; the global ones under the empty text. */
async function loadRecipients(tx: Tx, workspaceId: string): Promise<Map<string, Recipient[]>> {
  const { rows } = await tx.query<RecipientRow>(
    `select organization_id, address, severities from recipients where workspace_id = $1 order by created_at, id`,
    [workspaceId],
  );
  const byList = Map.groupBy(rows, (row) => row.organization_id ?? '');
  return new Map([...byList].map(([list, entries]) => [list, entries.map(toRecipient)]));
}

const toRecipient = ({ address, severities }: RecipientRow): Recipient =>
  severities === null ? { address } : { address, severities };
