/**
 * Marks a place directly before or after an effect outside this process: a COMMIT, a call to a PSA, a file. The name
 * says which, and stands once in the sources. The product does nothing here and cannot be told to; the test harness
 * loads this file with other content, which ends or stops the process at a passage (promises §3.0, tests A3 and B4).
 */
export function crashPoint(_name: string): void {}
