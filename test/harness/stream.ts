/** An even stream of alerts to all instances that have an API, until it is stopped. */
import { countWhile, numbered } from './alerts.ts';
import type { AlertToSend } from './ledger.ts';
import { createPace, inParallel } from './sender.ts';
import type { World } from './world.ts';

const alertsPerSecond = 200;
const senders = 8;
const groups = 40;

export interface Stream {
  /** The nth alert of the stream's kind, to be sent apart from it. */
  alert(n: number): AlertToSend;
  /** Ends it; resolves when everything that was begun is acknowledged. */
  stop(): Promise<void>;
}

/** Sends numbered alerts of the world's first customer. */
export function startStream(
  test: string,
  { sender, customers }: Pick<World, 'sender' | 'customers'>,
): Stream {
  const alert = (n: number) => numbered(test, n, groups, customers[0]!.reference);
  const pace = createPace(alertsPerSecond);
  let isOver = false;
  const sending = inParallel(
    countWhile(() => !isOver),
    senders,
    async (n) => {
      await pace(n);
      await sender.send(alert(n));
    },
  );
  return {
    alert,
    stop() {
      isOver = true;
      return sending;
    },
  };
}
