/** The demo's one click: an administrator called Demo. These routes exist in the demo only. */
import { z } from 'zod';
import { type Plugin, typed } from '../../http/index.ts';
import { peopleTags } from '../routeConfig.ts';
import type { FirstParts } from './firstAdministrator.ts';
import { addPerson, joinWorkspace } from './newPerson.ts';
import { beginSession } from './signIn.ts';
import { findUserByEmail, lockFirstPerson } from './store.ts';

const person = { name: 'Demo', email: 'demo@herald.example' };

export function demoRoutes(parts: FirstParts): Plugin {
  const { people, defaultWorkspaceId: workspaceId } = parts;
  return (app) => {
    typed(app).post(
      '/api/session/demo',
      {
        schema: {
          tags: peopleTags,
          summary: 'Sign in to the demo',
          body: z.strictObject({}).optional(),
          response: { 204: z.null() },
        },
      },
      async (request, reply) => {
        const hand = await people.transaction(async (tx) => {
          await lockFirstPerson(tx);
          const known = await findUserByEmail(tx, person.email);
          const userId = known?.id ?? (await addPerson(tx, person));
          if (!known) await joinWorkspace(people, tx, { workspaceId, userId, ...person, role: 'admin' });
          return beginSession(tx, parts, request, userId, 'demo');
        });
        hand(reply);
        return reply.code(204).send(null);
      },
    );
  };
}
