/** How many alerts a request will turn out to have, by its bytes and what was read lately. */

export interface Sizes {
  /** At least 1, at most what a request may have. */
  estimate(bytes: number): number;
  learn(bytes: number, alerts: number): void;
}

const mostAlerts = 500;
/** The smallest alerts: until something was read, a request may be full of them. */
const firstGuessBytes = 120;
/** The weight of the latest request in the average. */
const weight = 0.1;

export function createSizes(): Sizes {
  let bytesPerAlert = firstGuessBytes;
  return {
    estimate: (bytes) => Math.min(mostAlerts, Math.max(1, Math.round(bytes / bytesPerAlert))),
    learn(bytes, alerts) {
      // One alert alone, however large, says nothing of requests with many.
      if (alerts > 1) bytesPerAlert += weight * (bytes / alerts - bytesPerAlert);
    },
  };
}
