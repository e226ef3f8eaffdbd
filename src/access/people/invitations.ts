/** Invitations: a link that is shown once, to be handed over; valid for seven days and for one person. */

import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Database, PeopleDatabase } from '../../db/database.ts';
import { notFound, Problem } from '../../errors.ts';
import { type Plugin, typed } from '../../http/index.ts';
import { peopleTags } from '../routeConfig.ts';
import { tooManyTries } from './authProblems.ts';
import type { Gate } from './gate.ts';
import { findInvitation, type InvitationRow, takeInvitation } from './memberStore.ts';
import { addPerson, checkPassword, joinWorkspace, nameText } from './newPerson.ts';
import { type Hasher, passwordText } from './passwords.ts';
import { shownInvitation } from './schemas.ts';
import { beginSession, type SignInParts } from './signIn.ts';
import { findUserByEmail } from './store.ts';
import type { Throttle } from './throttle.ts';
import { hashToken } from './tokens.ts';

export interface InvitationParts extends SignInParts {
  people: PeopleDatabase;
  db: Database;
  gate: Gate;
  hasher: Hasher;
  throttle: Throttle;
  baseUrl: string;
}

const gone = new Problem(
  404,
  'invitationGone',
  'This invitation was used, taken back, or is older than seven days. Ask for a new one.',
);
/** The link is known to whoever was invited, so it may be said where to ask. */
const voided = (workspace: string) =>
  new Problem(
    404,
    'invitationVoid',
    `This invitation was made with an API key that has been revoked. Ask an administrator of ${workspace} to invite you again.`,
  );
const otherPerson = new Problem(
  409,
  'signInFirst',
  'You have an account with this e-mail address already. Sign in, then open the link again.',
);

const accepting = z.strictObject({ name: nameText.optional(), password: passwordText.optional() });
const params = z.strictObject({ token: z.string().max(100) });

export function openInvitationRoutes(parts: InvitationParts): Plugin {
  return (app: FastifyInstance) => {
    const routes = typed(app);
    routes.get(
      '/api/invitations/:token',
      {
        schema: {
          tags: peopleTags,
          summary: 'What an invitation is for',
          params,
          response: { 200: shownInvitation },
        },
      },
      async ({ params: { token }, ip }) => {
        if (!(await parts.throttle.take('link', ip))) throw tooManyTries;
        const found = await parts.people.transaction(async (tx) => {
          const invitation = await findInvitation(tx, hashToken(token));
          return invitation && { invitation, user: await findUserByEmail(tx, invitation.email) };
        });
        if (!found) throw gone;
        await refuseVoid(parts, found.invitation);
        await parts.throttle.giveBack('link', ip);
        const { invitation, user } = found;
        return {
          workspace: { name: await workspaceName(parts.db, invitation.workspace_id) },
          email: invitation.email,
          role: invitation.role,
          expiresAt: invitation.expires_at.toISOString(),
          hasAccount: user !== undefined,
        };
      },
    );

    routes.post(
      '/api/invitations/:token',
      {
        schema: {
          tags: peopleTags,
          summary: 'Accept an invitation: with a name and a password, or signed in with its e-mail address',
          params,
          body: accepting,
          response: { 204: z.null() },
        },
      },
      async (request, reply) => {
        const {
          params: { token },
          body,
          ip,
        } = request;
        if (!(await parts.throttle.take('link', ip))) throw tooManyTries;
        const person = await parts.gate.find(request);
        const signedInAs = person?.session.user_id;
        const tokenHash = hashToken(token);
        const invitation = await parts.people.transaction((tx) => findInvitation(tx, tokenHash));
        if (!invitation) throw gone;
        await refuseVoid(parts, invitation);
        const isOwn = person?.session.email === invitation.email;
        const made = isOwn ? undefined : await newPersonOf(parts, invitation, body);
        const hand = await parts.people.transaction(async (tx) => {
          const taken = await takeInvitation(tx, tokenHash);
          if (!taken) throw gone;
          const userId = made ? await addPerson(tx, made) : (signedInAs ?? '');
          const name = made?.name ?? person?.session.name ?? '';
          await joinWorkspace(parts.people, tx, {
            workspaceId: taken.workspace_id,
            userId,
            name,
            email: taken.email,
            role: taken.role,
            by: { who: { kind: 'user', id: userId, name }, address: ip, reason: null },
          });
          return made && beginSession(tx, parts, request, userId, 'invitation');
        });
        parts.gate.forget();
        await parts.throttle.giveBack('link', ip);
        hand?.(reply);
        return reply.code(204).send(null);
      },
    );
  };
}

/** @throws Problem with whom to ask, when the key that made the invitation has ended */
async function refuseVoid({ db }: InvitationParts, invitation: InvitationRow): Promise<void> {
  if (invitation.voided_at !== null) throw voided(await workspaceName(db, invitation.workspace_id));
}

/** @throws Problem when there is an account already, or what is needed for one is missing */
async function newPersonOf(
  { people, hasher }: InvitationParts,
  { email }: InvitationRow,
  { name, password }: z.output<typeof accepting>,
) {
  if (await people.transaction((tx) => findUserByEmail(tx, email))) throw otherPerson;
  if (name === undefined || password === undefined) {
    throw new Problem(422, 'invalid', 'Give a name and choose a password.', {
      errors: [
        ...(name === undefined ? [{ field: 'name', code: 'required', message: 'name is required.' }] : []),
        ...(password === undefined
          ? [{ field: 'password', code: 'required', message: 'password is required.' }]
          : []),
      ],
    });
  }
  await checkPassword(password, email);
  return { name, email, passwordHash: await hasher.hash(password) };
}

async function workspaceName(db: Database, workspaceId: string): Promise<string> {
  const { rows } = await db.inWorkspace(workspaceId, (tx) =>
    tx.query<{ name: string }>('select name from workspaces where id = $1', [workspaceId]),
  );
  if (!rows[0]) throw notFound('workspace');
  return rows[0].name;
}
