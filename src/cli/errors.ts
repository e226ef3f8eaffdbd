/** What goes wrong in a command, for people: a sentence, never a stack. */

/** The command cannot do what was asked; the message is one sentence that says why and what to do. */
export class CommandError extends Error {
  override name = 'CommandError';
}

/**
 * Errors whose message was written for the operator. By name, because loading their classes would load the whole
 * server before every `--help`.
 */
const forPeople: ReadonlySet<string> = new Set([
  'CommandError',
  'StartupError',
  'MigrationError',
  'EmbeddedError',
  'BackupError',
  'Problem',
]);

/** The lines to print for an error; with DEBUG=1 the stack of a surprise is among them. */
export function explainError(error: unknown, env: Readonly<Record<string, string | undefined>>): string[] {
  if (!(error instanceof Error)) return [`Something unexpected went wrong: ${String(error)}`];
  const isKnown = forPeople.has(error.name);
  if (env.DEBUG === '1')
    return [isKnown ? error.message : 'Something unexpected went wrong.', error.stack ?? ''];
  if (isKnown) return [error.message];
  const what = firstLine(error.message) || error.name;
  return [`Something unexpected went wrong: ${what} Set DEBUG=1 to see where.`];
}

function firstLine(text: string): string {
  const line = text.split('\n', 1)[0]?.trim() ?? '';
  return line === '' || /[.!?]$/.test(line) ? line : `${line}.`;
}
