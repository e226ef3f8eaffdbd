/** How many writes a process may begin: one until one has succeeded, then two; none while the PSA is left alone. */

import { askedWait, backOff, pauseMs } from '../../src/deliver/timing.ts';
import type { Outcome } from '../../src/psa/contract.ts';
import { timing } from './conditions.ts';

export interface Gate {
  mayBegin(now: number): number;
  restsUntil(): number;
  began(): void;
  ended(): void;
  answered(outcome: Outcome, now: number, random: number): void;
  /** After a refused login not one call is made until this. */
  renewed(): void;
  isStopped(): boolean;
}

const mostAtOnce = 2;

export function createGate(): Gate {
  let isOpen = false;
  let isStopped = false;
  let underWay = 0;
  let failures = 0;
  let restsUntil = 0;
  return {
    mayBegin: (now) =>
      isStopped || now < restsUntil ? 0 : Math.max(0, (isOpen ? mostAtOnce : 1) - underWay),
    restsUntil: () => restsUntil,
    began() {
      underWay += 1;
    },
    ended() {
      underWay -= 1;
    },
    answered(outcome, now, random) {
      if (outcome.kind === 'done' || (outcome.kind === 'refused' && outcome.reason === 'invalid')) {
        isOpen = true;
        failures = 0;
        return;
      }
      isOpen = false;
      failures += 1;
      if (outcome.kind === 'refused' && outcome.reason === 'auth') {
        isStopped = true;
        return;
      }
      const isBusy = outcome.kind === 'refused' && outcome.reason === 'rateLimited';
      const asked = outcome.kind === 'refused' ? outcome.retryAfterMs : undefined;
      const usual = isBusy ? backOff(failures, random, timing) : pauseMs(failures, random, timing);
      restsUntil = Math.max(restsUntil, now + (asked === undefined ? usual : askedWait(asked)));
    },
    renewed() {
      isStopped = false;
      isOpen = false;
      failures = 0;
      restsUntil = 0;
    },
    isStopped: () => isStopped,
  };
}
