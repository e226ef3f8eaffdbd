/** What others may import of alerts: the alert itself, what makes it the same again, and the way in. */
export { type Accepted, acceptBatch, type Incoming } from './accept.ts';
export { type Acceptor, createAcceptor } from './acceptor.ts';
export { bodyHash, dedupKey } from './identity.ts';
export { alertRoutes } from './routes.ts';
export * from './types.ts';
