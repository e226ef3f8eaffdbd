/** `herald user create`: a person, directly in the database, which proves the right to do so. */
import { InvalidArgumentError, Option } from 'commander';
import { type Role, roles } from '../access/people/roles.ts';
import { readConfig } from '../config.ts';
import { CommandError } from './errors.ts';
import type { Register } from './register.ts';
import type { Terminal } from './terminal.ts';

interface Options {
  email: string;
  name: string;
  role: Role;
}

export const registerUser: Register = (program, terminal) => {
  const parent = program.command('user').summary('make people').description('Makes people who can sign in.');
  parent
    .command('create')
    .summary('make a person of the default workspace')
    .description(
      'Makes a person of the default workspace. It works on the database, while Herald runs or not. The password is taken from HERALD_PASSWORD, or asked for in the terminal. For an address that is there already, it sets the password and the role anew and removes the second factor.',
    )
    .requiredOption('--email <address>', 'what the person signs in with', readEmail)
    .option('--name <name>', 'for others to read; what stands before the @ if left out', '')
    .addOption(new Option('--role <role>', 'what the person may do').choices(roles).default('admin'))
    .action((options: Options) => create(options, terminal));
};

function readEmail(text: string): string {
  const email = text.trim().toLowerCase();
  if (/^[^@\s]+@[^@\s]+$/.test(email) && email.length <= 254) return email;
  throw new InvalidArgumentError('It takes an e-mail address.');
}

async function create({ email, name, role }: Options, terminal: Terminal): Promise<void> {
  const config = readConfig(terminal.env);
  const [{ withDatabase }, { openWorkspace }, { openPeople }, { savePerson }] = await Promise.all([
    import('./database.ts'),
    import('./workspace.ts'),
    import('../db/database.ts'),
    import('../access/people/savePerson.ts'),
  ]);
  const password = await readPassword(terminal);
  const isNew = await withDatabase(config, (reached) =>
    openWorkspace(config, reached, async (_db, workspaceId) => {
      const people = openPeople({ url: reached.url });
      try {
        const shown = name.trim() || (email.split('@')[0] ?? email);
        return await savePerson(people, { workspaceId, email, name: shown, role, password });
      } finally {
        await people.close();
      }
    }),
  );
  terminal.out(
    isNew
      ? `${email} can sign in now, as ${role}.`
      : `${email} was there: the password and the role (${role}) are set anew, and all sessions have ended.`,
  );
}

async function readPassword({ env, askSecret }: Terminal): Promise<string> {
  const given = env.HERALD_PASSWORD || (await askSecret?.('Password: '));
  if (given) return given;
  throw new CommandError('Set HERALD_PASSWORD, or run it in a terminal: a person needs a password.');
}
