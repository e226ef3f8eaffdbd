/** Sign-on providers of a workspace, who somebody is there, and sign-ons under way. */
import type { Tx } from '../../../db/database.ts';
import type { Role } from '../roles.ts';

export interface ProviderRow {
  id: string;
  workspace_id: string;
  name: string;
  issuer: string;
  client_id: string;
  /** Sealed. */
  client_secret: string;
  newcomer_role: Role | null;
  domains: string[];
  created_at: Date;
}

const columns =
  'id, workspace_id, name, issuer, client_id, client_secret, newcomer_role, domains, created_at';
const mostProviders = 50;

/** What the sign-in page offers; of all workspaces, for nobody has one before signing in. */
export async function listSignOnNames(tx: Tx): Promise<{ id: string; name: string }[]> {
  const { rows } = await tx.query<{ id: string; name: string }>(
    'select id, name from sign_on_providers order by lower(name), id limit $1',
    [mostProviders],
  );
  return rows;
}

/** By name; a workspace has a handful. */
export async function listProviders(tx: Tx, workspaceId: string): Promise<ProviderRow[]> {
  const { rows } = await tx.query<ProviderRow>(
    `select ${columns} from sign_on_providers where workspace_id = $1 order by lower(name), id limit $2`,
    [workspaceId, mostProviders],
  );
  return rows;
}

export async function findProvider(tx: Tx, id: string): Promise<ProviderRow | undefined> {
  const { rows } = await tx.query<ProviderRow>(`select ${columns} from sign_on_providers where id = $1`, [
    id,
  ]);
  return rows[0];
}

export async function lockProvider(
  tx: Tx,
  workspaceId: string,
  id: string,
): Promise<ProviderRow | undefined> {
  const { rows } = await tx.query<ProviderRow>(
    `select ${columns} from sign_on_providers where workspace_id = $1 and id = $2 for update`,
    [workspaceId, id],
  );
  return rows[0];
}

/** Makes it, or replaces what is there under its id. */
export async function saveProvider(tx: Tx, row: Omit<ProviderRow, 'created_at'>): Promise<ProviderRow> {
  const { rows } = await tx.query<ProviderRow>(
    `insert into sign_on_providers (id, workspace_id, name, issuer, client_id, client_secret, newcomer_role, domains)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (workspace_id, id) do update
        set name = excluded.name, issuer = excluded.issuer, client_id = excluded.client_id,
            client_secret = excluded.client_secret, newcomer_role = excluded.newcomer_role, domains = excluded.domains
     returning ${columns}`,
    [
      row.id,
      row.workspace_id,
      row.name,
      row.issuer,
      row.client_id,
      row.client_secret,
      row.newcomer_role,
      row.domains,
    ],
  );
  return rows[0]!;
}

export async function deleteProvider(tx: Tx, workspaceId: string, id: string): Promise<void> {
  await tx.query('delete from sign_on_providers where workspace_id = $1 and id = $2', [workspaceId, id]);
}

export interface Attempt {
  provider_id: string;
  nonce: string;
  code_verifier: string;
  invitation_hash: string | null;
}

export async function insertAttempt(
  tx: Tx,
  attempt: {
    stateHash: string;
    providerId: string;
    nonce: string;
    codeVerifier: string;
    invitationHash: string | null;
  },
): Promise<void> {
  await tx.query(
    `insert into sign_on_attempts (state_hash, provider_id, nonce, code_verifier, invitation_hash, expires_at)
     values ($1, $2, $3, $4, $5, now() + interval '10 minutes')`,
    [attempt.stateHash, attempt.providerId, attempt.nonce, attempt.codeVerifier, attempt.invitationHash],
  );
}

/** The sign-on under way, used up: it is there for one answer only. */
export async function takeAttempt(
  tx: Tx,
  providerId: string,
  stateHash: string,
): Promise<Attempt | undefined> {
  const { rows } = await tx.query<Attempt>(
    `delete from sign_on_attempts where provider_id = $1 and state_hash = $2 and expires_at > now()
     returning provider_id, nonce, code_verifier, invitation_hash`,
    [providerId, stateHash],
  );
  return rows[0];
}

/** Who this is here: by issuer and subject, never by address. */
export async function findIdentity(tx: Tx, issuer: string, subject: string): Promise<string | undefined> {
  const { rows } = await tx.query<{ user_id: string }>(
    'select user_id from sign_on_identities where issuer = $1 and subject = $2',
    [issuer, subject],
  );
  return rows[0]?.user_id;
}

export async function insertIdentity(tx: Tx, issuer: string, subject: string, userId: string): Promise<void> {
  await tx.query('insert into sign_on_identities (issuer, subject, user_id) values ($1, $2, $3)', [
    issuer,
    subject,
    userId,
  ]);
}
