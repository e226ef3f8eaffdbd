/** People, keys and sign-on providers of the workspace. */
import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type { invitation, signOnProvider, user } from '../../../../src/access/people/schemas.ts';
import type { apiKey } from '../../../../src/access/schemas.ts';
import { getAll } from '../../api/client.ts';

export type Person = z.output<typeof user>;
export type Invitation = z.output<typeof invitation>;
export type ApiKey = z.output<typeof apiKey>;
export type KeyScope = ApiKey['scopes'][number];
export type SignOnProvider = z.output<typeof signOnProvider>;

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
