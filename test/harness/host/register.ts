/** Loaded by `node --import` into a Herald whose host is to misbehave: does the deed of the file at each SIGUSR2. */
import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { type Deed, deedVariable } from './deeds.ts';

const realNow = Date.now;
let shiftMs = 0;

class ShiftedDate extends Date {
  constructor(...args: ConstructorParameters<typeof Date> | []) {
    if (args.length === 0) super(realNow() + shiftMs);
    else super(...(args as ConstructorParameters<typeof Date>));
  }

  static override now(): number {
    return realNow() + shiftMs;
  }
}
globalThis.Date = ShiftedDate as DateConstructor;

process.on('SIGUSR2', () => {
  const deed = JSON.parse(readFileSync(process.env[deedVariable] ?? '', 'utf8')) as Deed;
  if (deed.kind === 'clock') shiftMs = deed.shiftMs;
  else if (deed.kind === 'block') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, deed.ms);
  else surprises[deed.in]();
});

const surprises = {
  timer: () => {
    setTimeout(() => {
      throw new Error('forgotten in a timer');
    }, 1);
  },
  promise: () => void Promise.reject(new Error('forgotten in a promise')),
  stream: () => {
    new Readable({ read: () => undefined }).destroy(new Error('forgotten in a stream'));
  },
};
