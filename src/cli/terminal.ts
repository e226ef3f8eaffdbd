/** What a command touches of the world, so that tests can watch it. */
import { createInterface, type Interface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { CommandError } from './errors.ts';

export interface Terminal {
  env: Readonly<Record<string, string | undefined>>;
  /** Answers and data, line by line. */
  out(line: string): void;
  /** Everything that is said to a person beside the answer. */
  err(line: string): void;
  /** Asks the person at the terminal; undefined when there is nobody to ask. */
  ask?: ((question: string) => Promise<string>) | undefined;
  /** The same without showing what is typed. */
  askSecret?: ((question: string) => Promise<string>) | undefined;
}

export const processTerminal: Terminal = {
  env: process.env,
  out: (line) => void process.stdout.write(`${line}\n`),
  err: (line) => void process.stderr.write(`${line}\n`),
  ask: isPersonThere() ? askPerson : undefined,
  askSecret: isPersonThere() ? askPersonSecretly : undefined,
};

function isPersonThere(): boolean {
  return Boolean(process.stdin.isTTY && process.stderr.isTTY);
}

async function askPerson(question: string): Promise<string> {
  // On the error output: the answer of the command may be piped into something.
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await answerOf(lines, question);
  } finally {
    lines.close();
  }
}

async function askPersonSecretly(question: string): Promise<string> {
  process.stderr.write(question);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  try {
    return await answerOf(lines, '');
  } finally {
    lines.close();
    process.stderr.write('\n');
  }
}

/** @throws CommandError when the person ends the input (Ctrl-C, Ctrl-D) instead of answering */
async function answerOf(lines: Interface, question: string): Promise<string> {
  const isGone = new Promise<never>((_, refuse) => {
    lines.once('close', () => refuse(new CommandError('No answer was given: nothing was changed.')));
  });
  return (await Promise.race([lines.question(question), isGone])).trim();
}
