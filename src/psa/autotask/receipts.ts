/** Where tickets can be found again: id, number if it is known, and the vendor's page. */
import type { Receipt } from '../contract.ts';
import type { Connection } from './connection.ts';
import { ticketLink } from './zone.ts';

export function receiptOf(connection: Connection, id: number, number?: string | null): Receipt {
  const ref = String(id);
  const link = ticketLink(connection.zone(), ref);
  return { ref, ...(number ? { number } : {}), ...(link ? { link } : {}) };
}
