/** The people of a workspace: for administrators. */

import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { byOf } from '../../audit/index.ts';
import type { PeopleDatabase, Tx } from '../../db/database.ts';
import { notFound } from '../../errors.ts';
import {
  idParams,
  likePattern,
  type Plugin,
  pageOf,
  pageQuery,
  readCursor,
  searchQuery,
  setEtag,
  toPage,
  typed,
} from '../../http/index.ts';
import { forAdministrators, sensitive, peopleTags as tags } from '../routeConfig.ts';
import { endAdministration } from './administrators.ts';
import type { Gate } from './gate.ts';
import {
  deleteMembership,
  findMember,
  listMembers,
  lockAdministrators,
  type MemberRow,
  setRole,
} from './memberStore.ts';
import { recordChange, refuseStale } from './recordChange.ts';
import { revisionOf } from './revision.ts';
import { role, user } from './schemas.ts';
import { deleteSessions } from './store.ts';

export interface UserParts {
  people: PeopleDatabase;
  gate: Gate;
}

export function userRoutes(parts: UserParts): Plugin {
  return (app) => registerUsers(app, parts);
}

const registerUsers = (app: Parameters<Plugin>[0], { people, gate }: UserParts): void => {
  const routes = typed(app);
  routes.get(
    '/users',
    {
      config: forAdministrators,
      schema: {
        tags,
        summary: 'People of the workspace, by name',
        querystring: z.strictObject({ ...pageQuery, ...searchQuery }),
        response: { 200: pageOf(user) },
      },
    },
    async ({ actor: { workspaceId }, query: { limit, cursor, q } }) => {
      const after = readCursor('users', cursor, z.tuple([z.string(), z.string()]));
      const pattern = q === undefined ? undefined : likePattern(q);
      const rows = await people.transaction((tx) =>
        listMembers(tx, workspaceId, {
          limit: limit + 1,
          ...(after && { after }),
          ...(pattern !== undefined && { pattern }),
        }),
      );
      return toPage('users', rows, limit, toUser, (row) => [row.name.toLowerCase(), row.id]);
    },
  );

  routes.patch(
    '/users/:id',
    {
      config: sensitive,
      schema: {
        tags,
        summary: 'Change what a person may do; it holds within 5 seconds',
        params: idParams,
        body: z.strictObject({ role }),
        response: { 200: user },
      },
    },
    async (request, reply) => {
      const {
        actor: { workspaceId },
        params: { id },
        body,
      } = request;
      const by = byOf(request);
      const changed = await people.transaction(async (tx) => {
        const before = await memberToChange(people, tx, request);
        if (body.role !== 'admin') await endAdministration(people, tx, workspaceId, by, id);
        await setRole(tx, workspaceId, id, body.role);
        await recordChange(people, tx, workspaceId, by, {
          action: 'user.role',
          target: { kind: 'user', id, name: before.name },
          before: { role: before.role },
          after: { role: body.role },
        });
        return { ...before, role: body.role };
      });
      gate.forget();
      setEtag(reply, revisionOfMember(changed));
      return toUser(changed);
    },
  );

  routes.delete(
    '/users/:id',
    {
      config: sensitive,
      schema: {
        tags,
        summary: 'Remove a person from the workspace; the sessions end',
        params: idParams,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const {
        actor: { workspaceId },
        params: { id },
      } = request;
      const by = byOf(request);
      await people.transaction(async (tx) => {
        const before = await memberToChange(people, tx, request);
        await endAdministration(people, tx, workspaceId, by, id);
        await deleteMembership(tx, workspaceId, id);
        await deleteSessions(tx, id);
        await recordChange(people, tx, workspaceId, by, {
          action: 'user.remove',
          target: { kind: 'user', id, name: before.name },
          before: { email: before.email, role: before.role },
        });
      });
      gate.forget();
      return reply.code(204).send(null);
    },
  );
};

/**
 * The member whom a request is about, with the workspace's administrators held still: changes of people of one workspace
 * come one after the other.
 * @throws Problem 404, or 412 when somebody else was first
 */
async function memberToChange(
  people: PeopleDatabase,
  tx: Tx,
  request: Pick<FastifyRequest, 'actor' | 'headers'> & { params: { id: string } },
): Promise<MemberRow> {
  const {
    actor: { workspaceId },
    params: { id },
  } = request;
  await lockAdministrators(tx, workspaceId);
  const member = await findMember(tx, workspaceId, id);
  if (!member) throw notFound('user');
  await refuseStale(people, tx, workspaceId, request, {
    revision: revisionOfMember(member),
    kind: 'user',
    id,
  });
  return member;
}

/** Of what an administrator can change; the name is the person's own. */
const revisionOfMember = ({ role, created_at }: MemberRow): number => revisionOf([role, created_at]);

function toUser(row: MemberRow): z.input<typeof user> {
  return {
    id: row.id,
    name: row.name,
    email: row.email,
    role: row.role,
    hasSecondFactor: row.has_second_factor,
    lastSignInAt: row.last_sign_in_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
    revision: revisionOfMember(row),
  };
}
