/** Chance of one simulated world. */
import { mulberry32 } from '../harness/random.ts';

export interface Chance {
  random(): number;
  /** True in this part of the cases. */
  is(part: number): boolean;
  between(least: number, most: number): number;
  /** A whole number, both ends included. */
  whole(least: number, most: number): number;
  /** Usually short, now and then up to `most`: how long computers take. */
  delay(usual: number, most: number): number;
}

export function createChance(seed: number): Chance {
  // Neighbouring seeds must not give neighbouring worlds.
  const random = mulberry32(Math.imul(seed, 0x9e3779b1));
  return {
    random,
    is: (part) => part > 0 && random() < part,
    between: (least, most) => least + random() * (most - least),
    whole: (least, most) => least + Math.floor(random() * (most - least + 1)),
    delay: (usual, most) => random() * (random() < 0.05 ? most : usual),
  };
}
