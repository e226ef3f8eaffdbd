/** What the API answers, by the server's own schemas: only types come from there. */
import type { z } from 'zod';
import type { auditEntry, verdict } from '../../../src/audit/schemas.ts';
import type {
  check,
  choice,
  connection,
  connectionWithChecks,
  kind,
} from '../../../src/connections/schemas.ts';
import type { organization } from '../../../src/organizations/schemas.ts';
import type { Field } from '../../../src/psa/contract.ts';
import type { deliverySchema } from '../../../src/receipts/answer.ts';

export type AuditEntry = z.output<typeof auditEntry>;
export type AuditVerdict = z.output<typeof verdict>;
export type Connection = z.output<typeof connection>;
export type ConnectionWithChecks = z.output<typeof connectionWithChecks>;
export type Check = z.output<typeof check>;
export type Choice = z.output<typeof choice>;
/** One setting of a connection, as the adapter declares it: all forms are made of these. */
export type { Field };
/** A PSA that can be connected. */
export type PsaKind = Omit<z.output<typeof kind>, 'fields'> & { fields: Field[] };
export type Organization = z.output<typeof organization>;
export type Delivery = z.output<typeof deliverySchema>;
export type DeliveryState = Delivery['state'];
