/** What a person has set up for their own sign-in. */
import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type { device } from '../../../../src/access/people/schemas.ts';
import { authGet } from '../../api/auth.ts';
import { askOutside } from '../../api/client.ts';

/** As the sign-in library answers it. */
export interface Passkey {
  id: string;
  name: string | null;
  createdAt: string | null;
}

export type Device = z.output<typeof device>;

export const passkeysQuery = queryOptions({
  queryKey: ['passkeys'],
  queryFn: () => authGet<Passkey[]>('/passkey/list-user-passkeys'),
});

export const devicesQuery = queryOptions({
  queryKey: ['devices'],
  queryFn: async () => (await askOutside<{ items: Device[] }>('GET', '/api/session/devices')).items,
});
