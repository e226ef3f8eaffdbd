/** Which deaths a run of A3 dies: where Herald ends, and at which passage of that place. */
import { isOfFirstStart } from './firstStart.ts';
import type { Death } from './life.ts';
import type { CrashPoint } from './points.ts';

export interface WantedDeath extends Death {
  isFirstStart: boolean;
}

/** A life comes by each point once in each of its chapters. */
const chapters = 2;
/** What is made once is passed once: a second passage there is none. */
const madeOnce = /-(key-written|key-named|passwords-saved|cluster-made)$/;
/** Everything leaves by these: a round dies at many more of their passages. */
const doors = /^(before|after)-(commit|call|first-byte)$/;
const doorPassages = 40;

/** Each point at each of its passages, in the order of the points. */
export function deathsOfRound(points: readonly CrashPoint[]): WantedDeath[] {
  return points.flatMap((point) => {
    const passages = madeOnce.test(point.name) ? 1 : doors.test(point.name) ? doorPassages : chapters;
    return Array.from({ length: passages }, (_, n) => deathAt(point, n + 1));
  });
}

/** So many of a round from a place in it on; after the last comes the first. */
export function partOfRound(points: readonly CrashPoint[], from: number, count: number): WantedDeath[] {
  const round = deathsOfRound(points);
  return Array.from({ length: count }, (_, n) => round[(from + n) % round.length] as WantedDeath);
}

/** About `count` points at their first passage, evenly spread; another seed moves them on, so that a few runs come by all. */
export function spreadDeaths(points: readonly CrashPoint[], count: number, seed: number): WantedDeath[] {
  const every = Math.max(1, Math.floor(points.length / count));
  return points.filter((_, n) => n % every === seed % every).map((point) => deathAt(point, 1));
}

const deathAt = ({ name, file }: CrashPoint, passage: number): WantedDeath => ({
  point: name,
  passage,
  isFirstStart: isOfFirstStart(file),
});
