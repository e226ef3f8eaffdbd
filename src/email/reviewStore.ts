/** SQL of reviews: what is to be looked at again, and the mails that say so. */
import type { Tx } from '../db/database.ts';
import type { MailModel } from '../mail/index.ts';
import { today } from './recipientStore.ts';

export interface ReviewRow {
  kind: 'recipient' | 'mapping';
  /** Of the recipient, or of the organization that is mapped. */
  id: string;
  address: string | null;
  organization_id: string | null;
  organization_name: string | null;
  connection_id: string | null;
  connection_name: string | null;
  account_id: string | null;
  account_name: string | null;
  note: string;
  owner: string;
  /** A day. */
  review_on: string;
  is_due: boolean;
  /** What the list is sorted by, behind the day. */
  sort_key: string;
}

/** Both kinds, as far as they have a day; `horizon` is the last day that counts. */
const reviews = (horizon: string): string => `
  select 'recipient' as kind, r.id, r.address, r.organization_id, o.name as organization_name, null::uuid as connection_id,
         null as connection_name, null as account_id, null as account_name, r.note, r.owner, r.review_on,
         'recipient ' || r.id as sort_key
    from recipients r left join organizations o on o.workspace_id = r.workspace_id and o.id = r.organization_id
   where r.workspace_id = $1 and r.review_on <= ${horizon}
  union all
  select 'mapping', m.organization_id, null, m.organization_id, o.name, m.connection_id, c.name, m.account_id, d.name, m.note,
         '', m.review_on, 'mapping ' || m.connection_id || ' ' || m.organization_id
    from mappings m
    join organizations o on o.workspace_id = m.workspace_id and o.id = m.organization_id
    join connections c on c.workspace_id = m.workspace_id and c.id = m.connection_id
    left join directory_accounts d
      on d.workspace_id = m.workspace_id and d.connection_id = m.connection_id and d.account_id = m.account_id
   where m.workspace_id = $1 and m.review_on <= ${horizon}`;

/** Days ahead that the list looks. */
const soonDays = 30;

/** What is due, or will be within 30 days, oldest first. */
export async function listReviews(
  tx: Tx,
  workspaceId: string,
  {
    limit,
    after,
    isDue,
  }: { limit: number; after?: readonly [string, string] | undefined; isDue?: boolean | undefined },
): Promise<ReviewRow[]> {
  const { rows } = await tx.query<ReviewRow>(
    `select *, review_on::text as review_on, review_on <= ${today} as is_due
       from (${reviews(`${today} + ${soonDays}`)}) v
      where ($2::date is null or (review_on, sort_key) > ($2, $3::text))
        and ($4::boolean is null or (review_on <= ${today}) = $4)
      order by v.review_on, v.sort_key limit $5`,
    [workspaceId, after?.[0] ?? null, after?.[1] ?? null, isDue ?? null, limit],
  );
  return rows;
}

export async function countReviews(tx: Tx, workspaceId: string): Promise<{ due: number; soon: number }> {
  const { rows } = await tx.query<{ due: number; soon: number }>(
    `select count(*) filter (where review_on <= ${today})::int as due,
            count(*) filter (where review_on > ${today})::int as soon
       from (${reviews(`${today} + ${soonDays}`)}) v`,
    [workspaceId],
  );
  return rows[0]!;
}

export interface ReviewWorkspace {
  name: string;
  time_zone: string;
  created_at: Date;
  /** A day. */
  last_month: string | null;
}

/** Held until the transaction ends, so that a month is decided once. */
export async function lockReviewWorkspace(tx: Tx, workspaceId: string): Promise<ReviewWorkspace | undefined> {
  const { rows } = await tx.query<ReviewWorkspace>(
    `select name, time_zone, created_at,
            (select max(month)::text from review_months m where m.workspace_id = w.id) as last_month
       from workspaces w where id = $1 for no key update`,
    [workspaceId],
  );
  return rows[0];
}

export async function listAdministrators(tx: Tx): Promise<string[]> {
  const { rows } = await tx.query<{ address: string }>('select * from administrator_addresses() as address');
  return rows.map(({ address }) => address);
}

/** Frozen when it is decided, and sent the same every time. */
export interface ReviewContent {
  subject: string;
  model: MailModel;
  threadId: string;
  /** Milliseconds since 1970. */
  writtenAt: number;
}

/** Mails of months so long ago are forgotten. */
const keptMonths = 24;

export async function insertReviewMonth(
  tx: Tx,
  workspaceId: string,
  month: string,
  mails: readonly { address: string; messageId: string; content: ReviewContent }[],
): Promise<void> {
  await tx.query(
    'insert into review_months (workspace_id, month) values ($1, $2::date) on conflict do nothing',
    [workspaceId, month],
  );
  await tx.query(
    `insert into review_mails (workspace_id, month, address, message_id, content)
     select $1, $2::date, m.address, m.message_id, m.content::jsonb
       from unnest($3::text[], $4::text[], $5::text[]) as m(address, message_id, content)
     on conflict do nothing`,
    [
      workspaceId,
      month,
      mails.map(({ address }) => address),
      mails.map(({ messageId }) => messageId),
      mails.map(({ content }) => JSON.stringify(content)),
    ],
  );
  await tx.query(
    `delete from review_mails where workspace_id = $1 and month < $2::date - interval '${keptMonths} months'`,
    [workspaceId, month],
  );
}

export interface DueReviewMail {
  month: string;
  address: string;
  message_id: string;
  content: ReviewContent;
  tries: number;
  unclear: number;
  tried_for_ms: number;
  /** Its process ended while it was being sent. */
  is_abandoned: boolean;
  /** Its address is still that of an administrator. */
  is_administrator: boolean;
}

/** Takes a mail that is due and says that it is being sent; whoever finds it an hour later knows that nobody does. */
export async function takeReviewMail(tx: Tx, workspaceId: string): Promise<DueReviewMail | undefined> {
  const { rows } = await tx.query<DueReviewMail>(
    `update review_mails m
        set mail_state = 'sending', tries = m.tries + 1, tried_at = now(), due_at = now() + interval '1 hour',
            first_at = case when m.tries = 0 then now() else m.first_at end
       from (select month, address, mail_state from review_mails
              where workspace_id = $1 and mail_state in ('waiting', 'sending') and due_at <= now()
              order by due_at, address limit 1 for update skip locked) d
      where m.workspace_id = $1 and m.month = d.month and m.address = d.address
     returning m.month::text as month, m.address, m.message_id, m.content, m.tries, m.unclear,
               extract(epoch from now() - m.first_at)::float8 * 1000 as tried_for_ms, d.mail_state = 'sending' as is_abandoned,
               exists (select from administrator_addresses() a(email) where lower(a.email) = m.address) as is_administrator`,
    [workspaceId],
  );
  return rows[0];
}

export async function settleReviewMail(
  tx: Tx,
  workspaceId: string,
  { month, address }: Pick<DueReviewMail, 'month' | 'address'>,
  { state, inMs, outcome, unclear }: { state: string; inMs: number; outcome: string; unclear: number },
): Promise<void> {
  await tx.query(
    `update review_mails
        set mail_state = $4, outcome = $5, unclear = $6, due_at = now() + make_interval(secs => $7)
      where workspace_id = $1 and month = $2::date and address = $3 and mail_state = 'sending'`,
    [workspaceId, month, address, state, outcome, unclear, inMs / 1_000],
  );
}

export interface ReviewMailRow {
  month: string;
  address: string;
  mail_state: 'waiting' | 'sending' | 'sent' | 'failed';
  outcome: string | null;
  tried_at: Date | null;
}

/** Those of the newest month that had any. */
export async function listLastReviewMails(tx: Tx, workspaceId: string): Promise<ReviewMailRow[]> {
  const { rows } = await tx.query<ReviewMailRow>(
    `select month::text as month, address, mail_state, outcome, tried_at from review_mails
      where workspace_id = $1 and month = (select max(month) from review_mails where workspace_id = $1)
      order by address`,
    [workspaceId],
  );
  return rows;
}
