/**
 * The first administrator (ASVS 6.3.2): there are no default accounts. As long as there is nobody, each start makes a
 * link that is shown on the terminal, valid for an hour and for one person; or the environment names the person.
 */
import { z } from 'zod';
import type { Tx } from '../../db/database.ts';
import { Problem, StartupError } from '../../errors.ts';
import { type Plugin, typed } from '../../http/index.ts';
import { peopleTags } from '../routeConfig.ts';
import { tooManyTries } from './authProblems.ts';
import type { InvitationParts } from './invitations.ts';
import { addPerson, checkPassword, emailText, joinWorkspace, nameText } from './newPerson.ts';
import { passwordText, whyNotPassword } from './passwords.ts';
import { beginSession } from './signIn.ts';
import { deleteFirstLinks, hasFirstLink, hasPeople, insertFirstLink, lockFirstPerson } from './store.ts';
import { hashToken, makeToken } from './tokens.ts';

export interface FirstParts extends InvitationParts {
  defaultWorkspaceId: string;
}

const linkHours = 1;

const gone = new Problem(
  404,
  'linkGone',
  'This link was used, or is older than an hour. Start Herald again: it shows a new one while there is nobody.',
);

/** The link for the terminal; undefined when there is somebody already. */
export async function makeFirstLink({ people, baseUrl }: Pick<FirstParts, 'people' | 'baseUrl'>) {
  const { token, tokenHash } = makeToken();
  const isMade = await people.transaction(async (tx) => {
    if (await hasPeople(tx)) return false;
    await insertFirstLink(tx, tokenHash, linkHours);
    return true;
  });
  return isMade ? `${baseUrl}/first-administrator/${token}` : undefined;
}

/**
 * Makes the administrator that the environment names, unless there is somebody already.
 * @throws StartupError when the address or the password cannot be used
 */
export async function makeNamedAdministrator(
  parts: Pick<FirstParts, 'people' | 'hasher' | 'log' | 'defaultWorkspaceId'>,
  named: { email: string; password: string },
): Promise<void> {
  const email = emailText.safeParse(named.email);
  if (!email.success)
    throw new StartupError(`HERALD_ADMIN_EMAIL is "${named.email}": it takes an e-mail address.`);
  if (await parts.people.transaction(hasPeople)) return;
  const reason = await whyNotPassword(named.password, email.data);
  if (reason !== undefined) throw new StartupError(`The password in HERALD_ADMIN_PASSWORD ${reason}`);
  const passwordHash = await parts.hasher.hash(named.password);
  const [name = 'Administrator'] = email.data.split('@');
  const isMade = await parts.people.transaction(async (tx) => {
    await lockFirstPerson(tx);
    if (await hasPeople(tx)) return false;
    const person = { name, email: email.data, passwordHash };
    await administrator(tx, parts, person);
    return true;
  });
  if (isMade) parts.log.info('access.firstAdministrator.made');
}

async function administrator(
  tx: Tx,
  { people, defaultWorkspaceId }: Pick<FirstParts, 'people' | 'defaultWorkspaceId'>,
  person: { name: string; email: string; passwordHash: string },
): Promise<string> {
  const userId = await addPerson(tx, person);
  const { name, email } = person;
  await joinWorkspace(people, tx, { workspaceId: defaultWorkspaceId, userId, name, email, role: 'admin' });
  return userId;
}

const newAdministrator = z.strictObject({ name: nameText, email: emailText, password: passwordText });

export function firstAdministratorRoutes(parts: FirstParts): Plugin {
  return (app) => {
    typed(app).post(
      '/api/first-administrator/:token',
      {
        schema: {
          tags: peopleTags,
          summary: 'Become the first administrator, by the link of the terminal',
          params: z.strictObject({ token: z.string().max(100) }),
          body: newAdministrator,
          response: { 204: z.null() },
        },
      },
      async (request, reply) => {
        const {
          params: { token },
          body: { name, email, password },
          ip,
        } = request;
        if (!(await parts.throttle.take('link', ip))) throw tooManyTries;
        const tokenHash = hashToken(token);
        // Looked at before the costly work, and used up after it.
        if (!(await parts.people.transaction((tx) => hasFirstLink(tx, tokenHash)))) throw gone;
        await checkPassword(password, email);
        const passwordHash = await parts.hasher.hash(password);
        const hand = await parts.people.transaction(async (tx) => {
          await lockFirstPerson(tx);
          if (!(await hasFirstLink(tx, tokenHash)) || (await hasPeople(tx))) throw gone;
          await deleteFirstLinks(tx);
          const userId = await administrator(tx, parts, { name, email, passwordHash });
          return beginSession(tx, parts, request, userId, 'firstAdministrator');
        });
        await parts.throttle.giveBack('link', ip);
        hand(reply);
        return reply.code(204).send(null);
      },
    );
  };
}
