/** People, keys and sign-on providers of the workspace. */
import { queryOptions } from '@tanstack/react-query';
import { getAll } from '../../api/client.ts';
import type { Role } from '../../api/session.ts';

export interface Person {
  id: string;
  name: string;
  email: string;
  role: Role;
  hasSecondFactor: boolean;
  lastSignInAt: string | null;
  revision: number;
}

export interface Invitation {
  id: string;
  email: string;
  role: Role;
  invitedBy: string;
  expiresAt: string;
}

export type KeyScope = 'intake' | 'read' | 'admin';

export interface ApiKey {
  id: string;
  name: string;
  /** The first characters, to recognise it by. */
  prefix: string;
  scopes: KeyScope[];
  source: string | null;
  createdAt: string;
}

export interface SignOnProvider {
  id: string;
  name: string;
  issuer: string;
  clientId: string;
  /** Of people who come without an invitation; null = nobody may. */
  newcomerRole: Role | null;
  /** Of the addresses of newcomers; empty = any. */
  domains: string[];
  /** What the provider has to know: where it sends people back to. */
  redirectUri: string;
  revision: number;
}

/** What is sent back with a change, so that it is refused when somebody else was first. */
export const etagOf = ({ revision }: { revision: number }): string => `"${revision}"`;

export const peopleQuery = queryOptions({
  queryKey: ['access', 'people'],
  queryFn: ({ signal }) => getAll<Person>('/users', signal),
});

export const invitationsQuery = queryOptions({
  queryKey: ['access', 'invitations'],
  queryFn: ({ signal }) => getAll<Invitation>('/invitations', signal),
});

export const keysQuery = queryOptions({
  queryKey: ['access', 'keys'],
  queryFn: ({ signal }) => getAll<ApiKey>('/api-keys', signal),
});

export const providersQuery = queryOptions({
  queryKey: ['access', 'signOn'],
  queryFn: ({ signal }) => getAll<SignOnProvider>('/single-sign-on', signal),
});
