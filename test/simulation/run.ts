/**
 * Runs simulated worlds in a process of their own, and prints what came of them as a line of JSON.
 *
 *     node test/simulation/run.ts --mix B2 --from 0 --count 20000
 *     node test/simulation/run.ts --mix B2 --seed 1637     tells what happens in one world
 */
import { parseArgs } from 'node:util';
import { type Mix, simulate, tellWorld } from './simulate.ts';

const { values } = parseArgs({
  options: {
    mix: { type: 'string', default: 'B2' },
    from: { type: 'string', default: '0' },
    count: { type: 'string', default: '20000' },
    seed: { type: 'string' },
  },
});
const mix = values.mix as Mix;
if (mix !== 'B2' && mix !== 'B3') throw new Error('--mix is B2 or B3');

if (values.seed === undefined) {
  const from = Number(values.from);
  console.log(JSON.stringify(simulate(mix, numbersFrom(from, Number(values.count)))));
} else {
  const tell = (now: number, words: string) =>
    console.log(`${(now / 1_000).toFixed(3).padStart(10)}  ${words}`);
  console.log(tellWorld(mix, Number(values.seed), tell).join('\n') || 'nothing is wrong');
}

function* numbersFrom(from: number, count: number): Generator<number> {
  for (let n = from; n < from + count; n += 1) yield n;
}
