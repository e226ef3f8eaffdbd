/** The delivery log: what is owed, each attempt with its evidence, and what people may do about it. */
export { deliverySchema, deliveryStates, toDelivery } from './answer.ts';
export { type ReceiptParts, receiptRoutes, rowId } from './routes.ts';
export type { DeliveryRow } from './row.ts';
export { loadSent } from './sent.ts';
export { holdWaiting, loadDeliveriesOf, releaseHeld, skipForRemoved, skipHeld } from './store.ts';
