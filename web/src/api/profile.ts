/** What the person who is signed in has set up for signing in. */
import { queryOptions } from '@tanstack/react-query';
import { askOutside } from './client.ts';

export const profileQuery = queryOptions({
  queryKey: ['profile'],
  queryFn: () => askOutside<{ hasPassword: boolean; hasApp: boolean }>('GET', '/api/session/profile'),
});
