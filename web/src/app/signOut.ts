import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { problemOf, unreachable } from '../api/problem.ts';
import { forgetWorkspace } from '../api/workspace.ts';

/** Ends the session on the server and forgets everything that was shown. */
export function useSignOut() {
  const client = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: async () => {
      const response = await fetch('/api/auth/sign-out', {
        method: 'POST',
        credentials: 'same-origin',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      }).catch(() => {
        throw unreachable();
      });
      if (!response.ok) throw await problemOf(response);
    },
    onSuccess: async () => {
      forgetWorkspace();
      client.clear();
      await navigate({ to: '/sign-in', search: {} });
    },
  });
}
