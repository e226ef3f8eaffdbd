/** A promise test as the catalogue knows it. */
export interface Row {
  id: string;
  /** The promises that it stands for. */
  promise: string;
  /** What it shows, in one line. */
  shows: string;
  /** From the project's directory; the name tells the vitest project. */
  file: string;
  /** What is counted. */
  of: string;
  /** What must hold for it to pass. */
  bar: string;
  /** So many in every run of `npm test`; 0 = the test is skipped there. */
  pr: number;
  /** So many in a nightly run, in slices of `slice`; a tenth of it counts as shown. */
  nightly: number;
  /** How many one start of the test does in a nightly run; `pr` if left out. */
  slice?: number;
  /** It goes through a list, of which `nightly` is the length: only all of it counts as shown. */
  isExhaustive?: boolean;
  /** Why there is nothing to run yet, in words for the page: the nightly run leaves it out. */
  waitsFor?: string;
  /** Enough to show that a guard is off (test/harness/sabotage); `pr` if left out. */
  sabotage?: number;
}
