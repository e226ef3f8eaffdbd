/** Who belongs to a workspace, and who is invited. */
import type { Tx } from '../../db/database.ts';
import type { Role } from './roles.ts';

export interface MemberRow {
  id: string;
  name: string;
  email: string;
  role: Role;
  has_second_factor: boolean;
  last_sign_in_at: Date | null;
  created_at: Date;
}

/** By name, beginning behind `after` (lower-case name, id). */
export async function listMembers(
  tx: Tx,
  workspaceId: string,
  { limit, after, pattern }: { limit: number; after?: readonly [string, string]; pattern?: string },
): Promise<MemberRow[]> {
  const { rows } = await tx.query<MemberRow>(
    `select u.id, u.name, u.email, m.role, u.last_sign_in_at, m.created_at,
            u.two_factor_enabled or exists (select from passkeys p where p.user_id = u.id) as has_second_factor
       from memberships m join users u on u.id = m.user_id
      where m.workspace_id = $1
        and ($2::text is null or (lower(u.name), u.id) > ($2::text, $3::text))
        and ($4::text is null or u.name ilike $4 or u.email ilike $4)
      order by lower(u.name), u.id limit $5`,
    [workspaceId, after?.[0] ?? null, after?.[1] ?? null, pattern ?? null, limit],
  );
  return rows;
}

/** The administrators; their rows stay as they are until this transaction ends. */
export async function lockAdministrators(tx: Tx, workspaceId: string): Promise<string[]> {
  const { rows } = await tx.query<{ user_id: string }>(
    `select user_id from memberships where workspace_id = $1 and role = 'admin' order by user_id for update`,
    [workspaceId],
  );
  return rows.map(({ user_id }) => user_id);
}

export async function findMember(
  tx: Tx,
  workspaceId: string,
  userId: string,
): Promise<MemberRow | undefined> {
  const { rows } = await tx.query<MemberRow>(
    `select u.id, u.name, u.email, m.role, u.last_sign_in_at, m.created_at,
            u.two_factor_enabled or exists (select from passkeys p where p.user_id = u.id) as has_second_factor
       from memberships m join users u on u.id = m.user_id
      where m.workspace_id = $1 and m.user_id = $2`,
    [workspaceId, userId],
  );
  return rows[0];
}

/** Whether the person belongs to any workspace. */
export async function isMember(tx: Tx, userId: string): Promise<boolean> {
  const { rowCount } = await tx.query('select from memberships where user_id = $1 limit 1', [userId]);
  return rowCount === 1;
}

export async function setRole(tx: Tx, workspaceId: string, userId: string, role: Role): Promise<void> {
  await tx.query('update memberships set role = $3 where workspace_id = $1 and user_id = $2', [
    workspaceId,
    userId,
    role,
  ]);
}

/** Whoever belongs to it already keeps the role. */
export async function insertMembership(
  tx: Tx,
  workspaceId: string,
  userId: string,
  role: Role,
): Promise<void> {
  await tx.query(
    `insert into memberships (workspace_id, user_id, role) values ($1, $2, $3)
     on conflict (workspace_id, user_id) do nothing`,
    [workspaceId, userId, role],
  );
}

export async function deleteMembership(tx: Tx, workspaceId: string, userId: string): Promise<void> {
  await tx.query('delete from memberships where workspace_id = $1 and user_id = $2', [workspaceId, userId]);
}

export interface InvitationRow {
  id: string;
  workspace_id: string;
  email: string;
  role: Role;
  /** A name for people to read. */
  invited_by: string;
  created_at: Date;
  expires_at: Date;
  /** Since when the key that made it has ended; null for one that can be accepted. */
  voided_at: Date | null;
}

/** `invited_by` holds the id of a person, and of a program the name. */
const invitationColumns = `id, workspace_id, email, role, created_at, expires_at, voided_at,
  coalesce((select u.name from users u where u.id = invited_by), invited_by) as invited_by`;

/** Those that nobody has accepted and that are not over, newest first; void ones too. */
export async function listInvitations(
  tx: Tx,
  workspaceId: string,
  { limit, after }: { limit: number; after?: readonly [string, string] },
): Promise<InvitationRow[]> {
  const { rows } = await tx.query<InvitationRow>(
    `select ${invitationColumns} from invitations
      where workspace_id = $1 and expires_at > now()
        and ($2::timestamptz is null or (date_trunc('milliseconds', created_at), id) < ($2::timestamptz, $3::uuid))
      order by date_trunc('milliseconds', created_at) desc, id desc limit $4`,
    [workspaceId, after?.[0] ?? null, after?.[1] ?? null, limit],
  );
  return rows;
}

export async function insertInvitation(
  tx: Tx,
  invitation: {
    workspaceId: string;
    id: string;
    tokenHash: string;
    email: string;
    role: Role;
    /** The id of a person, or the name of a program. */
    invitedBy: string;
    /** The key, if one made it. */
    madeWith: string | null;
    validDays: number;
  },
): Promise<InvitationRow> {
  const { workspaceId, id, tokenHash, email, role, invitedBy, madeWith, validDays } = invitation;
  const { rows } = await tx.query<InvitationRow>(
    `insert into invitations (workspace_id, id, token_hash, email, role, invited_by, made_with, expires_at)
     values ($1, $2, $3, lower($4), $5, $6, $7, now() + make_interval(days => $8)) returning ${invitationColumns}`,
    [workspaceId, id, tokenHash, email, role, invitedBy, madeWith, validDays],
  );
  return rows[0]!;
}

/** The one that was there. */
export async function deleteInvitation(
  tx: Tx,
  workspaceId: string,
  id: string,
): Promise<InvitationRow | undefined> {
  const { rows } = await tx.query<InvitationRow>(
    `delete from invitations where workspace_id = $1 and id = $2 returning ${invitationColumns}`,
    [workspaceId, id],
  );
  return rows[0];
}

/** Those that this person has made and nobody has accepted, as they were. */
export async function deleteInvitationsBy(
  tx: Tx,
  workspaceId: string,
  userId: string,
): Promise<InvitationRow[]> {
  const { rows } = await tx.query<InvitationRow>(
    `delete from invitations where workspace_id = $1 and invited_by = $2 returning ${invitationColumns}`,
    [workspaceId, userId],
  );
  return rows;
}

/** What those begin with that HERALD_API_KEY has made; its mark follows. */
export const environmentPrefix = 'environment:';

/** Makes those void that this key has made and nobody has accepted. */
export async function voidInvitationsOfKey(
  tx: Tx,
  workspaceId: string,
  keyId: string,
): Promise<InvitationRow[]> {
  const { rows } = await tx.query<InvitationRow>(
    `update invitations set voided_at = now()
      where workspace_id = $1 and made_with = $2 and voided_at is null and expires_at > now()
      returning ${invitationColumns}`,
    [workspaceId, keyId],
  );
  return rows;
}

/** Makes those void that a HERALD_API_KEY without one of these marks has made, in all workspaces. */
export async function voidInvitationsOfEnvironment(
  tx: Tx,
  marks: readonly string[],
): Promise<InvitationRow[]> {
  const { rows } = await tx.query<InvitationRow>(
    `update invitations set voided_at = now()
      where starts_with(made_with, $1) and made_with <> all ($2::text[])
        and voided_at is null and expires_at > now()
      returning ${invitationColumns}`,
    [environmentPrefix, marks.map((mark) => environmentPrefix + mark)],
  );
  return rows;
}

/** One that is not over; it may be void. */
export async function findInvitation(tx: Tx, tokenHash: string): Promise<InvitationRow | undefined> {
  const { rows } = await tx.query<InvitationRow>(
    `select ${invitationColumns} from invitations where token_hash = $1 and expires_at > now()`,
    [tokenHash],
  );
  return rows[0];
}

/** The invitation, used up: it is there for one caller only, and for nobody when it is void. */
export async function takeInvitation(tx: Tx, tokenHash: string): Promise<InvitationRow | undefined> {
  const { rows } = await tx.query<InvitationRow>(
    `delete from invitations where token_hash = $1 and expires_at > now() and voided_at is null
     returning ${invitationColumns}`,
    [tokenHash],
  );
  return rows[0];
}
