/** Chance by a seed, so that a failure can be run again: `PROMISES_SEED=…`. */

/** The seed of this run, printed by every test. */
export const seed = Number(process.env.PROMISES_SEED ?? Math.floor(Math.random() * 2 ** 31));

/** A source of numbers, 0 ≤ n < 1; the same name gives the same numbers under the same seed. */
export function randomOf(name: string): () => number {
  let state = seed;
  for (const character of name) state = Math.imul(state ^ character.charCodeAt(0), 0x01000193);
  return mulberry32(state);
}

/** The generator of that name; cheap enough for one per simulated world. */
export function mulberry32(state: number): () => number {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One of the items, at random. */
export function pick<T>(items: readonly T[], random: () => number): T {
  return items[Math.floor(random() * items.length)] as T;
}
