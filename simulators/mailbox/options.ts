import { parseArgs } from 'node:util';

/** What the mailbox is started with. All can be left out. */
export type MailboxOptions = {
  /** Of its pages; 0 (the default here) takes any free port. */
  port?: number;
  /** Where it takes mail; 0 (the default here) takes any free port. */
  smtpPort?: number;
  host?: string;
};

export const usage = `Usage: node simulators/mailbox/main.ts [options]
A mail server that takes every mail, keeps the newest 2,000, and shows them. It has no TLS and no sign-in.
  --port N          of its pages (9425); 0 takes any free port
  --smtp-port N     where it takes mail (9426); 0 takes any free port
  --host H          127.0.0.1`;

const flags = {
  port: { type: 'string', default: '9425' },
  'smtp-port': { type: 'string', default: '9426' },
  host: { type: 'string', default: '127.0.0.1' },
  help: { type: 'boolean' },
} as const;

/** Reads the command line; `help` when that was asked for. Throws an Error with a plain sentence for wrong flags. */
export function readOptions(args: readonly string[]): Required<MailboxOptions> | 'help' {
  const { values } = parseArgs({ args: [...args], options: flags });
  if (values.help) return 'help';
  return {
    port: readPort('--port', values.port),
    smtpPort: readPort('--smtp-port', values['smtp-port']),
    host: values.host,
  };
}

function readPort(name: string, text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new Error(`${name} takes a port from 0 to 65535, not "${text}".`);
}
