/** What people change about themselves: name, password, and where else they are signed in. */

import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { invalid, notFound } from '../../errors.ts';
import { idParams, type Plugin, typed } from '../../http/index.ts';
import { peopleTags as tags } from '../routeConfig.ts';
import { tooManyTries } from './authProblems.ts';
import type { InvitationParts } from './invitations.ts';
import { checkPassword, nameText } from './newPerson.ts';
import { passwordText } from './passwords.ts';
import { mayChangeCredentials, mayUseOwn, mustBePerson } from './proof.ts';
import { device, profile } from './schemas.ts';
import {
  deleteSession,
  deleteSessions,
  findPassword,
  hasAuthenticator,
  listSessions,
  renameUser,
  setPassword,
} from './store.ts';

const done = { 204: z.null() };

export function ownRoutes(parts: InvitationParts): Plugin {
  const { people, gate, hasher, throttle, devices, log } = parts;
  return (app) => {
    const routes = typed(app);
    routes.get(
      '/api/session/profile',
      { schema: { tags, summary: 'What one has set up for signing in', response: { 200: profile } } },
      async (request) => {
        const { session } = await mustBePerson(gate, request);
        const hasApp = await people.transaction((tx) => hasAuthenticator(tx, session.user_id));
        return { hasPassword: session.has_password, hasApp };
      },
    );

    routes.patch(
      '/api/session/profile',
      {
        schema: {
          tags,
          summary: 'Change the own name',
          body: z.strictObject({ name: nameText }),
          response: done,
        },
      },
      async (request, reply) => {
        const { session } = await mayUseOwn(gate, request);
        await people.transaction((tx) => renameUser(tx, session.user_id, request.body.name));
        gate.forget();
        return reply.code(204).send(null);
      },
    );

    routes.put(
      '/api/session/password',
      {
        schema: {
          tags,
          summary: 'Change the own password; all other sessions end',
          body: z.strictObject({ currentPassword: passwordText.optional(), newPassword: passwordText }),
          response: done,
        },
      },
      async (request, reply) => {
        const { session } = await mayChangeCredentials(gate, request);
        const { user_id: userId, email } = session;
        const { currentPassword = '', newPassword } = request.body;
        if (!(await throttle.take('account', userId))) throw tooManyTries;
        const kept = await people.transaction((tx) => findPassword(tx, userId));
        // Who signs in elsewhere has none yet, and has just proved who it is.
        if (kept !== undefined && !(await hasher.isRight(kept, currentPassword))) {
          log.warn({ ip: request.ip, userId }, 'access.password.refused');
          throw invalid([
            { field: 'currentPassword', code: 'wrong', message: 'The current password is not right.' },
          ]);
        }
        await throttle.forget('account', userId);
        await checkPassword(newPassword, email, 'newPassword');
        const made = await hasher.hash(newPassword);
        const device = await people.transaction(async (tx) => {
          await setPassword(tx, randomUUID(), userId, made);
          await deleteSessions(tx, userId, session.id);
          return devices.cookieFor(tx, userId, request.headers.cookie);
        });
        if (device !== undefined) reply.header('set-cookie', device);
        gate.forget();
        log.info({ ip: request.ip, userId }, 'access.password.changed');
        return reply.code(204).send(null);
      },
    );

    routes.get(
      '/api/session/devices',
      {
        schema: {
          tags,
          summary: 'Where one is signed in, most recently used first',
          response: { 200: z.object({ items: z.array(device) }) },
        },
      },
      async (request) => {
        const { session } = await mayUseOwn(gate, request);
        const rows = await people.transaction((tx) => listSessions(tx, session.user_id));
        const items = rows.map((row) => ({
          id: row.id,
          isThis: row.id === session.id,
          address: row.ip_address ?? '',
          browser: row.user_agent ?? '',
          signedInAt: row.created_at.toISOString(),
          usedAt: row.used_at.toISOString(),
        }));
        return { items };
      },
    );

    routes.delete(
      '/api/session/devices',
      { schema: { tags, summary: 'End all sessions but this one', response: done } },
      async (request, reply) => {
        const { session } = await mayUseOwn(gate, request);
        const { user_id: userId } = session;
        const device = await people.transaction(async (tx) => {
          await deleteSessions(tx, userId, session.id);
          return devices.cookieFor(tx, userId, request.headers.cookie);
        });
        if (device !== undefined) reply.header('set-cookie', device);
        gate.forget();
        return reply.code(204).send(null);
      },
    );

    routes.delete(
      '/api/session/devices/:id',
      { schema: { tags, summary: 'End one of the own sessions', params: idParams, response: done } },
      async (request, reply) => {
        const { session } = await mayUseOwn(gate, request);
        const isEnded = await people.transaction((tx) =>
          deleteSession(tx, session.user_id, request.params.id),
        );
        if (!isEnded) throw notFound('session');
        gate.forget();
        return reply.code(204).send(null);
      },
    );
  };
}
