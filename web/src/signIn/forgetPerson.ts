import type { QueryClient } from '@tanstack/react-query';
import { sessionQuery } from '../api/session.ts';

/** Drops what the last person at this browser has seen: a session can end without a sign-out. */
export function forgetPerson(client: QueryClient): void {
  client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionQuery.queryKey[0] });
}
