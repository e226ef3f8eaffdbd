/** What the API answers, by the server's own schemas: only types come from there. */
import type { z } from 'zod';
import type { connection, connectionWithChecks } from '../../../src/connections/schemas.ts';
import type { organization } from '../../../src/organizations/schemas.ts';
import type { deliverySchema } from '../../../src/receipts/answer.ts';

export type Connection = z.output<typeof connection>;
export type ConnectionWithChecks = z.output<typeof connectionWithChecks>;
export type Organization = z.output<typeof organization>;
export type Delivery = z.output<typeof deliverySchema>;
export type DeliveryState = Delivery['state'];
