/** What the person who is signed in has set up for signing in. */
import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type { profile } from '../../../src/access/people/schemas.ts';
import { askOutside } from './client.ts';

export const profileQuery = queryOptions({
  queryKey: ['profile'],
  queryFn: () => askOutside<z.output<typeof profile>>('GET', '/api/session/profile'),
});
