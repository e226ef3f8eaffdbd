/** The delivery log: what is owed, each attempt with its evidence, and what people may do about it. */
export { deliverySchema, deliveryStates, toDelivery } from './answer.ts';
export { type ReceiptParts, receiptRoutes, rowId } from './routes.ts';
export {
  countByState,
  type DeliveryRow,
  holdWaiting,
  loadAttempts,
  loadDeliveriesOf,
  releaseHeld,
  skipHeld,
} from './store.ts';
