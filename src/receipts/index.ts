/** The delivery log: what is owed, each attempt with its evidence, and what people may do about it. */
export { deliverySchema, deliveryStates, toDelivery } from './answer.ts';
export { holdWaiting, releaseHeld, skipForRemoved, skipHeld } from './bulk.ts';
export type { ReceiptParts } from './parts.ts';
export { receiptRoutes, rowId } from './routes.ts';
export type { DeliveryRow } from './row.ts';
export { loadSent } from './sent.ts';
export { loadDeliveriesOf } from './store.ts';
