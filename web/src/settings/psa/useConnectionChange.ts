import { useMutation, useQueryClient } from '@tanstack/react-query';
import { send } from '../../api/client.ts';
import type { Connection } from '../../api/types.ts';
import { connectionPath, connectionQuery, connectionsQuery } from './queries.ts';

interface Change {
  method: 'POST' | 'PATCH' | 'DELETE';
  /** Below the connection's own address: `/pause`. */
  path?: string;
  body?: unknown;
  /** The revision on which the person has decided. */
  ifMatch: string | null;
  /** Why, for the audit. */
  reason?: string | undefined;
}

/**
 * Changes one connection beside its steps. `look` reads the revision before a person is asked, so that a change that
 * somebody else makes meanwhile is not run over. `showsProblem`: the caller shows what went wrong.
 */
export function useConnectionChange(id: string, { showsProblem = false } = {}) {
  const client = useQueryClient();
  const change = useMutation({
    meta: { showsProblem },
    mutationFn: ({ method, path = '', body, ifMatch, reason }: Change) =>
      send<Connection>(method, `${connectionPath(id)}${path}`, { body, ifMatch, reason }),
    onSettled: () => client.invalidateQueries({ queryKey: connectionsQuery.queryKey }),
  });
  const look = async (): Promise<string | null> =>
    (await client.fetchQuery({ ...connectionQuery(id), staleTime: 0 })).etag;
  return { change, look };
}
