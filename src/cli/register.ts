import type { Command } from 'commander';
import type { Terminal } from './terminal.ts';

/** Adds a command to the program; the file of each command exports one. */
export type Register = (program: Command, terminal: Terminal) => void;
