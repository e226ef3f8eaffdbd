/** Inviting people to a workspace: for administrators. What the invited do is in `invitations.ts`. */

import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { byOf } from '../../audit/index.ts';
import type { PeopleDatabase } from '../../db/database.ts';
import { notFound } from '../../errors.ts';
import { idParams, type Plugin, pageOf, pageQuery, readCursor, toPage, typed } from '../../http/index.ts';
import { forAdministrators, sensitive, peopleTags as tags } from '../routeConfig.ts';
import { staysAdministrator } from './administrators.ts';
import { madeWithKey } from './keyInvitations.ts';
import { deleteInvitation, type InvitationRow, insertInvitation, listInvitations } from './memberStore.ts';
import { emailText } from './newPerson.ts';
import { recordChange } from './recordChange.ts';
import { invitation, newlyMadeInvitation, role } from './schemas.ts';
import { makeToken } from './tokens.ts';

export interface InvitingParts {
  people: PeopleDatabase;
  baseUrl: string;
  /** By which invitations of HERALD_API_KEY are known; absent without one. */
  environmentMark: string | undefined;
}

const validDays = 7;

export function invitationRoutes(parts: InvitingParts): Plugin {
  return (app) => register(app, parts);
}

function register(
  app: Parameters<Plugin>[0],
  { people, baseUrl, environmentMark: mark }: InvitingParts,
): void {
  const routes = typed(app);
  routes.get(
    '/invitations',
    {
      config: forAdministrators,
      schema: {
        tags,
        summary:
          'Invitations that nobody has accepted and that are not over, newest first; those of revoked API keys are void',
        querystring: z.strictObject(pageQuery),
        response: { 200: pageOf(invitation) },
      },
    },
    async ({ actor: { workspaceId }, query: { limit, cursor } }) => {
      const after = readCursor('invitations', cursor, z.tuple([z.iso.datetime(), z.uuid()]));
      const rows = await people.transaction((tx) =>
        listInvitations(tx, workspaceId, { limit: limit + 1, ...(after && { after }) }),
      );
      return toPage('invitations', rows, limit, toInvitation, (row) => [
        row.created_at.toISOString(),
        row.id,
      ]);
    },
  );

  routes.post(
    '/invitations',
    {
      config: sensitive,
      schema: {
        tags,
        summary:
          'Invite a person; the link is shown in this answer only, to be handed over. Made with an API key, it ends with the key',
        body: z.strictObject({ email: emailText, role }),
        response: { 201: newlyMadeInvitation },
      },
    },
    async (request, reply) => {
      const {
        actor: { workspaceId, userId, keyId, name },
        body,
      } = request;
      const by = byOf(request);
      const { token, tokenHash } = makeToken();
      const id = randomUUID();
      const row = await people.transaction(async (tx) => {
        if (userId !== undefined) await staysAdministrator(tx, workspaceId, userId);
        const madeWith =
          keyId === undefined ? null : await madeWithKey(people, tx, { workspaceId, keyId, mark });
        const made = await insertInvitation(tx, {
          ...body,
          workspaceId,
          id,
          tokenHash,
          invitedBy: userId ?? name,
          madeWith,
          validDays,
        });
        await recordChange(people, tx, workspaceId, by, {
          action: 'invitation.create',
          target: { kind: 'invitation', id, name: made.email },
          after: { role: made.role },
        });
        return made;
      });
      return reply.code(201).send({ ...toInvitation(row), link: `${baseUrl}/invitations/${token}` });
    },
  );

  routes.delete(
    '/invitations/:id',
    {
      config: sensitive,
      schema: { tags, summary: 'Take an invitation back', params: idParams, response: { 204: z.null() } },
    },
    async (request, reply) => {
      const {
        actor: { workspaceId },
        params: { id },
      } = request;
      const by = byOf(request);
      await people.transaction(async (tx) => {
        const found = await deleteInvitation(tx, workspaceId, id);
        if (!found) throw notFound('invitation');
        await recordChange(people, tx, workspaceId, by, {
          action: 'invitation.remove',
          target: { kind: 'invitation', id, name: found.email },
          before: { role: found.role },
        });
      });
      return reply.code(204).send(null);
    },
  );
}

function toInvitation(row: InvitationRow): z.input<typeof invitation> {
  return {
    id: row.id,
    email: row.email,
    role: row.role,
    invitedBy: row.invited_by,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    isVoid: row.voided_at !== null,
  };
}
