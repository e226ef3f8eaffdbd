/** Which of our people a sign-on is: known, invited, a newcomer whom the rule lets in, or nobody. */
import type { PeopleDatabase, Tx } from '../../../db/database.ts';
import { findInvitation, isMember, takeInvitation } from '../memberStore.ts';
import { addPerson, joinWorkspace } from '../newPerson.ts';
import { findUserByEmail } from '../store.ts';
import type { Claims } from './client.ts';
import { findIdentity, insertIdentity, type ProviderRow } from './store.ts';

/** Why nobody was signed in; the page has the words. */
export type SignOnRefusal =
  | 'unknown'
  | 'noWorkspace'
  | 'noEmail'
  | 'addressTaken'
  | 'invitationGone'
  | 'invitationVoid';

export type SignOn = { kind: 'known'; userId: string } | { kind: 'refused'; reason: SignOnRefusal };

const refused = (reason: SignOnRefusal): SignOn => ({ kind: 'refused', reason });

/**
 * Issuer and subject decide (ASVS 6.8.1): two providers that name the same address are two people, and an address links
 * to nobody. An invitation does: whoever holds its link was given it.
 */
export async function settleSignOn(
  people: PeopleDatabase,
  tx: Tx,
  provider: ProviderRow,
  claims: Claims,
  invitationHash: string | null,
): Promise<SignOn> {
  const { issuer, subject } = claims;
  const known = await findIdentity(tx, issuer, subject);
  if (invitationHash !== null) return acceptInvitation(people, tx, claims, invitationHash, known);
  if (known !== undefined)
    return (await isMember(tx, known)) ? { kind: 'known', userId: known } : refused('noWorkspace');
  const role = provider.newcomer_role;
  if (role === null || !isWelcome(provider, claims)) return refused('unknown');
  const { email } = claims;
  if (email === undefined) return refused('noEmail');
  if (await findUserByEmail(tx, email)) return refused('addressTaken');
  const name = nameOf(claims, email);
  const userId = await addPerson(tx, { name, email });
  await insertIdentity(tx, issuer, subject, userId);
  await joinWorkspace(people, tx, { workspaceId: provider.workspace_id, userId, name, email, role });
  return { kind: 'known', userId };
}

/** With domains, only addresses that the provider vouches for. */
function isWelcome({ domains }: ProviderRow, { email, isEmailVerified }: Claims): boolean {
  if (domains.length === 0) return true;
  const domain = email?.slice(email.lastIndexOf('@') + 1);
  return isEmailVerified && domain !== undefined && domains.includes(domain);
}

async function acceptInvitation(
  people: PeopleDatabase,
  tx: Tx,
  claims: Claims,
  invitationHash: string,
  known: string | undefined,
): Promise<SignOn> {
  const invitation = await findInvitation(tx, invitationHash);
  if (!invitation) return refused('invitationGone');
  if (invitation.voided_at !== null) return refused('invitationVoid');
  const { email, role, workspace_id: workspaceId } = invitation;
  // Whoever is refused keeps the link: it is used up only by joining.
  if (known === undefined && (await findUserByEmail(tx, email))) return refused('addressTaken');
  if (!(await takeInvitation(tx, invitationHash))) return refused('invitationGone');
  let userId = known;
  if (userId === undefined) {
    userId = await addPerson(tx, { name: nameOf(claims, email), email });
    await insertIdentity(tx, claims.issuer, claims.subject, userId);
  }
  await joinWorkspace(people, tx, { workspaceId, userId, name: nameOf(claims, email), email, role });
  return { kind: 'known', userId };
}

const nameOf = ({ name }: Claims, email: string): string =>
  (name?.trim() || email.split('@')[0] || email).slice(0, 100);
