/** The order in which the samples are sent: mixed over the formats, and for ever. Pure. */
import { type Sample, samples } from '../intake/samples/index.ts';
import type { FormatName } from '../intake/types.ts';
import { type Times, vary } from './vary.ts';

/** One request of the demo. */
export interface DemoRequest {
  format: FormatName;
  body: unknown;
}

/** Endless; `now` is asked for each request. */
export function* demoRequests(now: () => Date): Generator<DemoRequest, never> {
  const mixed = mix(samples);
  for (let round = 0; ; round++) {
    const times: Times = new Map();
    for (const sample of mixed) yield { format: sample.format, body: vary(sample, round, times, now()) };
  }
}

/**
 * The first of each format, so that a short demo has seen them all; then each format spread evenly over the round.
 * Within a format the order stays: some repeat or change an earlier one.
 */
export function mix(all: readonly Sample[]): Sample[] {
  const counts = new Map<FormatName, number>();
  const placed = all.map((sample) => {
    const at = counts.get(sample.format) ?? 0;
    counts.set(sample.format, at + 1);
    return { sample, at };
  });
  const place = ({ sample, at }: (typeof placed)[number]) =>
    at === 0 ? 0 : (at + 0.5) / (counts.get(sample.format) ?? 1);
  return placed.sort((a, b) => place(a) - place(b)).map(({ sample }) => sample);
}
