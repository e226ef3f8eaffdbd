/** SQL of a workspace's mail settings. */
import type { Tx } from '../db/database.ts';
import type { MailServer } from '../smtp/index.ts';
import { mailSubjects } from '../templates/index.ts';

/** A server as it is stored; passwords are apart, sealed. */
export type StoredServer = Omit<MailServer, 'password'>;

export interface MailSettingsRow {
  servers: StoredServer[];
  /** By {@link serverKey}. */
  sealed: Record<string, string>;
  from_address: string | null;
  reply_to: string | null;
  rate_per_minute: number;
  global_subject: string;
  organization_subject: string;
  respond_event_detail: boolean;
  ioc_event_detail: boolean;
  attention: string | null;
  attention_since: Date | null;
  revision: number;
  /** Of the workspace, wrapped. */
  data_key: string;
}

export const serverKey = ({ host, port }: Pick<MailServer, 'host' | 'port'>): string => `${host}:${port}`;

const usualRate = 60;

/** As stored; what nobody has set yet is as usual, with revision 0. */
export async function findMailSettings(tx: Tx, workspaceId: string): Promise<MailSettingsRow> {
  const { rows } = await tx.query<MailSettingsRow>(
    `select coalesce(m.servers, '[]') as servers, coalesce(m.sealed, '{}') as sealed, m.from_address, m.reply_to,
            coalesce(m.rate_per_minute, $2) as rate_per_minute, coalesce(m.global_subject, $3) as global_subject,
            coalesce(m.organization_subject, $4) as organization_subject,
            coalesce(m.respond_event_detail, true) as respond_event_detail,
            coalesce(m.ioc_event_detail, true) as ioc_event_detail, m.attention, m.attention_since,
            coalesce(m.revision, 0) as revision, w.data_key
       from workspaces w left join mail_settings m on m.workspace_id = w.id
      where w.id = $1`,
    [workspaceId, usualRate, mailSubjects.global, mailSubjects.organization],
  );
  if (!rows[0]) throw new Error(`workspace ${workspaceId} does not exist`);
  return rows[0];
}

/** Stores the row whole, and raises its revision. */
export async function saveMailSettings(
  tx: Tx,
  workspaceId: string,
  row: Omit<MailSettingsRow, 'revision' | 'data_key' | 'attention_since'>,
): Promise<void> {
  await tx.query(
    `insert into mail_settings as m (workspace_id, servers, sealed, from_address, reply_to, rate_per_minute, global_subject,
                                     organization_subject, respond_event_detail, ioc_event_detail, attention, attention_since)
     values ($1, $2::jsonb, $3::jsonb, $4, $5, $6, $7, $8, $9, $10, $11, case when $11::text is not null then now() end)
     on conflict (workspace_id) do update
        set servers = excluded.servers, sealed = excluded.sealed, from_address = excluded.from_address,
            reply_to = excluded.reply_to, rate_per_minute = excluded.rate_per_minute,
            global_subject = excluded.global_subject, organization_subject = excluded.organization_subject,
            respond_event_detail = excluded.respond_event_detail, ioc_event_detail = excluded.ioc_event_detail,
            attention = excluded.attention,
            attention_since = case when excluded.attention is not null then coalesce(m.attention_since, now()) end,
            revision = m.revision + 1`,
    [
      workspaceId,
      JSON.stringify(row.servers),
      JSON.stringify(row.sealed),
      row.from_address,
      row.reply_to,
      row.rate_per_minute,
      row.global_subject,
      row.organization_subject,
      row.respond_event_detail,
      row.ioc_event_detail,
      row.attention,
    ],
  );
}

/** Says why a person must act; answers whether that is news. The revision stays, for nothing was set. */
export async function setMailAttention(tx: Tx, workspaceId: string, attention: string): Promise<boolean> {
  const { rowCount } = await tx.query(
    `insert into mail_settings as m (workspace_id, global_subject, organization_subject, attention, attention_since, revision)
     values ($1, $3, $4, $2, now(), 0)
     on conflict (workspace_id) do update set attention = excluded.attention, attention_since = now()
      where m.attention is null`,
    [workspaceId, attention, mailSubjects.global, mailSubjects.organization],
  );
  return rowCount === 1;
}

/** The secret key was lost, and the passwords with it. Answers whether there were any. */
export async function forgetPasswords(tx: Tx, workspaceId: string, attention: string): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update mail_settings set sealed = '{}', attention = $2, attention_since = now(), revision = revision + 1
      where workspace_id = $1 and sealed <> '{}'`,
    [workspaceId, attention],
  );
  return rowCount === 1;
}

/** Whether there are sealed passwords. */
export async function hasMailSecrets(tx: Tx, workspaceId: string): Promise<boolean> {
  const { rowCount } = await tx.query(
    "select from mail_settings where workspace_id = $1 and sealed <> '{}'",
    [workspaceId],
  );
  return rowCount === 1;
}
