/** Where a delivery goes, in words. */
import type { Delivery } from '../api/types.ts';

/** It is a mail, not a ticket or note. */
export const isMail = ({ address }: Pick<Delivery, 'address'>): boolean => address !== null;

/** "Autotask", "E-mail to ana@msp.example". An empty address stands for all recipients. */
export function channelInWords({
  address,
  connectionName,
}: Pick<Delivery, 'address' | 'connectionName'>): string {
  if (address === null) return connectionName ?? 'a connection that was removed';
  return address === '' ? 'E-mail' : `E-mail to ${address}`;
}
