/** What a command touches of the world, so that tests can watch it. */
export interface Terminal {
  env: Readonly<Record<string, string | undefined>>;
  /** Answers and data, line by line. */
  out(line: string): void;
  /** Everything that is said to a person beside the answer. */
  err(line: string): void;
}

export const processTerminal: Terminal = {
  env: process.env,
  out: (line) => void process.stdout.write(`${line}\n`),
  err: (line) => void process.stderr.write(`${line}\n`),
};
