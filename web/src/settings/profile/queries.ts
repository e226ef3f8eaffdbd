/** What a person has set up for their own sign-in. */
import { queryOptions } from '@tanstack/react-query';
import { authGet } from '../../api/auth.ts';
import { askOutside } from '../../api/client.ts';

export interface Passkey {
  id: string;
  name: string | null;
  createdAt: string | null;
}

export interface Device {
  id: string;
  isThis: boolean;
  address: string;
  browser: string;
  signedInAt: string;
  usedAt: string;
}

export const passkeysQuery = queryOptions({
  queryKey: ['passkeys'],
  queryFn: () => authGet<Passkey[]>('/passkey/list-user-passkeys'),
});

export const devicesQuery = queryOptions({
  queryKey: ['devices'],
  queryFn: async () => (await askOutside<{ items: Device[] }>('GET', '/api/session/devices')).items,
});
