/** Who is signed in, how one can sign in here, and the proof that it is still the same person. */

import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type Plugin, typed } from '../../http/index.ts';
import { peopleTags as tags } from '../routeConfig.ts';
import { askAuth } from './askAuth.ts';
import type { Auth } from './auth.ts';
import { problemOfAuth, tooManyTries } from './authProblems.ts';
import type { Person } from './gate.ts';
import type { InvitationParts } from './invitations.ts';
import { passwordText } from './passwords.ts';
import { mustBePerson } from './proof.ts';
import { sessionAnswer, type signedIn } from './schemas.ts';
import { listSignOnNames } from './singleSignOn/store.ts';
import { findPassword, hasPeople, renewProof, type SessionRow } from './store.ts';

export interface SessionParts extends InvitationParts {
  auth: Auth;
  /** Present in the demo only: where the simulated PSA and the mailbox have their pages. */
  demo: { psaUrl: string; mailUrl: string } | undefined;
}

const proof = z.union([
  z.strictObject({ password: passwordText.min(1) }),
  z.strictObject({ code: z.string().trim().min(1).max(64) }),
]);

export function sessionRoutes(parts: SessionParts): Plugin {
  return (app: FastifyInstance) => {
    const routes = typed(app);
    let hadPeople = false;

    async function isFirstStart(): Promise<boolean> {
      hadPeople ||= await parts.people.transaction(hasPeople);
      return !hadPeople;
    }

    routes.get(
      '/api/session',
      {
        schema: {
          tags,
          summary: 'Who is signed in, and the ways to sign in',
          response: { 200: sessionAnswer },
        },
      },
      async (request) => {
        const person = await parts.gate.find(request);
        const place = person?.places.length ? parts.gate.placeOf(person, request) : undefined;
        return {
          signedIn: person && place ? describe(person, place) : null,
          options: {
            isFirstStart: await isFirstStart(),
            demo: parts.demo ?? null,
            passkeys: canHavePasskeys(parts.baseUrl),
            singleSignOn: await parts.people.transaction(listSignOnNames),
          },
        };
      },
    );

    routes.post(
      '/api/session/confirm',
      {
        schema: {
          tags,
          summary:
            'Confirm that it is still you: by the password, or by a code, which is a second factor too',
          body: proof,
          response: { 204: z.null() },
        },
      },
      async (request, reply) => {
        const { session } = await mustBePerson(parts.gate, request);
        const { body } = request;
        if (!(await parts.throttle.take('address', request.ip))) throw tooManyTries;
        if ('password' in body) await confirmPassword(parts, request, session, body.password);
        else await confirmCode(parts, request, session, body.code);
        await parts.throttle.giveBack('address', request.ip);
        await parts.people.transaction((tx) => renewProof(tx, session.id, 'code' in body));
        parts.gate.forget();
        parts.log.info({ ip: request.ip, userId: session.user_id }, 'access.confirmed');
        return reply.code(204).send(null);
      },
    );
  };
}

function describe({ session, places }: Person, place: Person['places'][number]): z.input<typeof signedIn> {
  return {
    user: { id: session.user_id, name: session.name, email: session.email },
    workspace: { id: place.workspaceId, name: place.name },
    workspaces: places.map(({ workspaceId, name, role }) => ({ id: workspaceId, name, role })),
    role: place.role,
    secondFactor: { isDemanded: place.isSecondFactorDemanded, isSet: session.has_second_factor },
  };
}

/** Browsers bind passkeys to names, not to addresses, and only where the way is safe. */
function canHavePasskeys(baseUrl: string): boolean {
  const { hostname, protocol } = new URL(baseUrl);
  if (hostname === 'localhost') return true;
  return protocol === 'https:' && !/^[\d.]+$|^\[/.test(hostname);
}

/** @throws Problem when it is wrong, or there were too many tries */
async function confirmPassword(
  { people, hasher, throttle, log }: SessionParts,
  { ip }: FastifyRequest,
  { user_id }: SessionRow,
  password: string,
): Promise<void> {
  // By the person, not the address of sign-ins: guesses of others must not keep out who is signed in.
  if (!(await throttle.take('account', user_id))) throw tooManyTries;
  const kept = await people.transaction((tx) => findPassword(tx, user_id));
  const isRight = kept !== undefined && (await hasher.isRight(kept, password));
  if (!isRight) {
    log.warn({ ip, userId: user_id }, 'access.confirm.refused');
    throw problemOfAuth(422, 'INVALID_PASSWORD');
  }
  await throttle.forget('account', user_id);
}

/** The library knows the authenticator; it counts codes and takes each once. */
async function confirmCode(
  parts: SessionParts,
  request: FastifyRequest,
  { user_id }: SessionRow,
  code: string,
): Promise<void> {
  const path = /^\d{6}$/.test(code) ? '/two-factor/verify-totp' : '/two-factor/verify-backup-code';
  const response = await askAuth(parts, request, { method: 'POST', path, body: { code } });
  if (!response.ok) {
    const { code: reason } = (await response.json().catch(() => ({}))) as { code?: string };
    parts.log.warn({ ip: request.ip, userId: user_id, reason }, 'access.confirm.refused');
    throw problemOfAuth(response.status, reason);
  }
  // The library also takes the code of a sign-in that is half done, which may be somebody else's.
  const { user } = (await response.json().catch(() => ({}))) as { user?: { id?: string } };
  if (user?.id !== user_id) {
    parts.log.warn({ ip: request.ip, userId: user_id }, 'access.confirm.refused');
    throw problemOfAuth(401, 'INVALID_CODE');
  }
  await parts.throttle.forget('code', user_id);
}
