/** People, their sessions and what they belong to; in transactions of the role of people. */
import type { Tx } from '../../db/database.ts';
import type { Role } from './roles.ts';

export interface Membership {
  workspaceId: string;
  role: Role;
}

export interface SessionRow {
  id: string;
  user_id: string;
  name: string;
  email: string;
  expires_at: Date;
  used_at: Date;
  proven_at: Date;
  second_factor_at: Date | null;
  has_password: boolean;
  has_second_factor: boolean;
  memberships: Membership[];
}

/** A session nobody has used for so long has ended (ASVS 7.3.1). */
const mostIdle = '12 hours';

const alive = `s.expires_at > now() and s.used_at > now() - interval '${mostIdle}'`;

/** The session of a token's hash with all that decides what it may do; undefined when it has ended. */
export async function findSession(tx: Tx, tokenHash: string): Promise<SessionRow | undefined> {
  const { rows } = await tx.query<SessionRow>(
    `select s.id, s.user_id, u.name, u.email, s.expires_at, s.used_at, s.proven_at, s.second_factor_at,
            exists (select from accounts a where a.user_id = u.id and a.password is not null) as has_password,
            u.two_factor_enabled or exists (select from passkeys p where p.user_id = u.id) as has_second_factor,
            coalesce((select json_agg(json_build_object('workspaceId', m.workspace_id, 'role', m.role))
                        from memberships m where m.user_id = u.id), '[]') as memberships
       from sessions s join users u on u.id = s.user_id
      where s.token = $1 and ${alive}`,
    [tokenHash],
  );
  return rows[0];
}

/** Whether an authenticator app is set up; passkeys do not count. */
export async function hasAuthenticator(tx: Tx, userId: string): Promise<boolean> {
  const { rows } = await tx.query<{ two_factor_enabled: boolean }>(
    'select two_factor_enabled from users where id = $1',
    [userId],
  );
  return rows[0]?.two_factor_enabled ?? false;
}

export async function touchSession(tx: Tx, id: string): Promise<void> {
  await tx.query('update sessions set used_at = now() where id = $1', [id]);
}

/** @param bySecondFactor whether the proof was one */
export async function renewProof(tx: Tx, id: string, bySecondFactor: boolean): Promise<void> {
  await tx.query(
    `update sessions set proven_at = now(),
            second_factor_at = case when $2 then now() else second_factor_at end where id = $1`,
    [id, bySecondFactor],
  );
}

export interface NewSession {
  id: string;
  userId: string;
  tokenHash: string;
  lifetimeSeconds: number;
  address: string;
  userAgent: string;
}

export async function insertSession(tx: Tx, session: NewSession): Promise<void> {
  await tx.query(
    `insert into sessions (id, user_id, token, expires_at, ip_address, user_agent)
     values ($1, $2, $3, now() + make_interval(secs => $4), $5, $6)`,
    [
      session.id,
      session.userId,
      session.tokenHash,
      session.lifetimeSeconds,
      session.address,
      session.userAgent,
    ],
  );
}

export interface ListedSession {
  id: string;
  ip_address: string | null;
  user_agent: string | null;
  created_at: Date;
  used_at: Date;
}

/** Most recently used first. */
export async function listSessions(tx: Tx, userId: string): Promise<ListedSession[]> {
  const { rows } = await tx.query<ListedSession>(
    `select id, ip_address, user_agent, created_at, used_at from sessions s
      where user_id = $1 and ${alive} order by used_at desc, id limit 200`,
    [userId],
  );
  return rows;
}

/** Ends one session of a person. False when there is none. */
export async function deleteSession(tx: Tx, userId: string, id: string): Promise<boolean> {
  const { rowCount } = await tx.query('delete from sessions where user_id = $1 and id = $2', [userId, id]);
  return rowCount === 1;
}

/** Ends all sessions of a person, but the one that is named; and no browser counts as known any more. */
export async function deleteSessions(tx: Tx, userId: string, but: string | null = null): Promise<void> {
  await tx.query('delete from sessions where user_id = $1 and id is distinct from $2', [userId, but]);
  await tx.query(
    `update accounts set updated_at = clock_timestamp() where user_id = $1 and provider_id = 'credential'`,
    [userId],
  );
}

/** When the password was set, or browsers were last forgotten: what known browsers are known by. */
const deviceMark = '(extract(epoch from a.updated_at) * 1000000)::bigint::text';

/** Undefined for people without a password. */
export async function findDeviceMark(tx: Tx, userId: string): Promise<string | undefined> {
  const { rows } = await tx.query<{ mark: string }>(
    `select ${deviceMark} as mark from accounts a
      where a.user_id = $1 and a.provider_id = 'credential' and a.password is not null`,
    [userId],
  );
  return rows[0]?.mark;
}

/** Whether the person has this address and, still, this mark. */
export async function hasDeviceMark(tx: Tx, email: string, userId: string, mark: string): Promise<boolean> {
  const { rowCount } = await tx.query(
    `select from users u join accounts a on a.user_id = u.id and a.provider_id = 'credential'
      where u.id = $2 and u.email = lower($1) and ${deviceMark} = $3`,
    [email, userId, mark],
  );
  return rowCount === 1;
}

export async function noteSignIn(tx: Tx, userId: string): Promise<void> {
  await tx.query('update users set last_sign_in_at = now() where id = $1', [userId]);
}

export async function hasPeople(tx: Tx): Promise<boolean> {
  const { rows } = await tx.query<{ found: boolean }>('select exists (select from users) as found');
  return rows[0]?.found === true;
}

export async function findUserByEmail(
  tx: Tx,
  email: string,
): Promise<{ id: string; name: string } | undefined> {
  const { rows } = await tx.query<{ id: string; name: string }>(
    'select id, name from users where email = lower($1)',
    [email],
  );
  return rows[0];
}

export async function insertUser(
  tx: Tx,
  { id, name, email }: { id: string; name: string; email: string },
): Promise<void> {
  await tx.query('insert into users (id, name, email, email_verified) values ($1, $2, lower($3), true)', [
    id,
    name,
    email,
  ]);
}

export async function renameUser(tx: Tx, id: string, name: string): Promise<void> {
  await tx.query('update users set name = $2, updated_at = now() where id = $1', [id, name]);
}

/** Sets the password of a person, whether there was one or not. */
export async function setPassword(tx: Tx, id: string, userId: string, passwordHash: string): Promise<void> {
  await tx.query(
    `insert into accounts (id, user_id, account_id, provider_id, password)
     values ($1, $2, $2, 'credential', $3)
     on conflict (provider_id, account_id) do update set password = excluded.password, updated_at = now()`,
    [id, userId, passwordHash],
  );
}

export async function findPassword(tx: Tx, userId: string): Promise<string | undefined> {
  const { rows } = await tx.query<{ password: string | null }>(
    `select password from accounts where user_id = $1 and provider_id = 'credential'`,
    [userId],
  );
  return rows[0]?.password ?? undefined;
}

/** A code of an authenticator is old after this: it is shown for half a minute. */
const codeLastsFor = `interval '10 minutes'`;

/** Notes that a code was looked at. False when it was before, right or wrong. */
export async function takeCode(tx: Tx, userId: string, codeHash: string): Promise<boolean> {
  await tx.query(`delete from used_codes where user_id = $1 and used_at < now() - ${codeLastsFor}`, [userId]);
  const { rowCount } = await tx.query(
    'insert into used_codes (user_id, code_hash) values ($1, $2) on conflict do nothing',
    [userId, codeHash],
  );
  return rowCount === 1;
}

/** Whoever has the database lets somebody in again who lost the device. */
export async function forgetSecondFactors(tx: Tx, userId: string): Promise<void> {
  await tx.query('delete from two_factors where user_id = $1', [userId]);
  await tx.query('delete from passkeys where user_id = $1', [userId]);
  await tx.query('update users set two_factor_enabled = false where id = $1', [userId]);
}

/** Serialises the making of the first administrator; any number that nothing else on the database uses. */
const firstPersonLock = 4_701_992_020;

/** Others who would make the first person wait until this transaction ends. */
export async function lockFirstPerson(tx: Tx): Promise<void> {
  await tx.query('select pg_advisory_xact_lock($1)', [firstPersonLock]);
}

/** A link for the first administrator, of which only the hash is kept. */
export async function insertFirstLink(tx: Tx, tokenHash: string, validHours: number): Promise<void> {
  await tx.query(
    'insert into first_administrator_links (token_hash, expires_at) values ($1, now() + make_interval(hours => $2))',
    [tokenHash, validHours],
  );
}

/** Whether it can still be used. */
export async function hasFirstLink(tx: Tx, tokenHash: string): Promise<boolean> {
  const { rowCount } = await tx.query(
    'select from first_administrator_links where token_hash = $1 and expires_at > now()',
    [tokenHash],
  );
  return rowCount === 1;
}

/** There is somebody now: none of them works any more. */
export async function deleteFirstLinks(tx: Tx): Promise<void> {
  await tx.query('delete from first_administrator_links');
}

/** Removes what has ended; in one go, a few rows an hour. */
export async function sweepPeople(tx: Tx): Promise<void> {
  for (const statement of [
    `delete from sessions s where not (${alive})`,
    'delete from verifications where expires_at < now()',
    'delete from sign_on_attempts where expires_at < now()',
    'delete from first_administrator_links where expires_at < now()',
    `delete from used_codes where used_at < now() - ${codeLastsFor}`,
    `delete from guesses where last_at < now() - interval '1 hour'`,
  ]) {
    await tx.query(statement);
  }
}
