/**
 * A process that calls hosts which answer without measure, and nothing else: what its memory grew by at most is what a
 * flood costs (promises J-10). Addresses and how often come as arguments; it prints a number of megabytes.
 */
import { createOutbound } from '../../src/outbound/index.ts';

const [times = '1', quiet = '', ...floods] = process.argv.slice(2);
const kilobytesOfMb = 1024;
const door = createOutbound({ allow: ['127.0.0.1'] });
const call = (url: string) => door.call({ method: 'GET', url, headers: { accept: 'application/json' } });

// What a first call loads for good is no cost of a flood.
for (let n = 0; n < 20; n += 1) await call(quiet);
const before = process.resourceUsage().maxRSS;
for (let n = 0; n < Number(times); n += 1) {
  for (const url of floods) {
    globalThis.gc?.();
    const { kind } = await call(url);
    if (kind !== 'unknown') throw new Error(`${url} was ${kind}, not cut off`);
  }
}
console.log(Math.round((process.resourceUsage().maxRSS - before) / kilobytesOfMb));
await door.close();
