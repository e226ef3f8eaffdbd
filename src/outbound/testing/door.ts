import { onTestFinished } from 'vitest';
import { createOutbound } from '../outbound.ts';
import type { Outbound, OutboundOptions } from '../types.ts';
import { type Receiver, startReceiver } from './receiver.ts';

/** A door for one test; by default everything on 127.0.0.1 is allowed. */
export function openDoor(options: OutboundOptions = {}): Outbound {
  const door = createOutbound({ allow: ['127.0.0.1'], ...options });
  onTestFinished(() => door.close());
  return door;
}

/** A receiver for one test, with the URL to reach it. */
export async function receive(
  ...args: Parameters<typeof startReceiver>
): Promise<Receiver & { url: string }> {
  const receiver = await startReceiver(...args);
  onTestFinished(receiver.close);
  return { ...receiver, url: `http://127.0.0.1:${receiver.port}/tickets` };
}

/** A promise and the function that fulfils it. */
export function gate<T>(): { promise: Promise<T>; open: (value: T) => void } {
  const { promise, resolve } = Promise.withResolvers<T>();
  return { promise, open: resolve };
}
