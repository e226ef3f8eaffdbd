/** The people of a workspace: for administrators. */
import { z } from 'zod';
import { byOf } from '../../audit/index.ts';
import type { PeopleDatabase, Tx } from '../../db/database.ts';
import { notFound, Problem } from '../../errors.ts';
import {
  idParams,
  likePattern,
  type Plugin,
  pageOf,
  pageQuery,
  readCursor,
  searchQuery,
  toPage,
  typed,
} from '../../http/index.ts';
import type { Gate } from './gate.ts';
import {
  deleteMembership,
  findMember,
  listMembers,
  lockAdministrators,
  type MemberRow,
  setRole,
} from './memberStore.ts';
import { recordChange } from './recordChange.ts';
import { roles } from './roles.ts';
import { deleteSessions } from './store.ts';

export interface UserParts {
  people: PeopleDatabase;
  gate: Gate;
}

const role = z.enum(roles);

const user = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  role,
  hasSecondFactor: z.boolean(),
  lastSignInAt: z.string().nullable(),
  createdAt: z.string(),
});

const tags = ['people'];
const config = { scope: 'admin' } as const;
const sensitive = { scope: 'admin', isSensitive: true } as const;

export function userRoutes(parts: UserParts): Plugin {
  return (app) => registerUsers(app, parts);
}

const registerUsers = (app: Parameters<Plugin>[0], { people, gate }: UserParts): void => {
  const routes = typed(app);
  routes.get(
    '/users',
    {
      config,
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
    async (request) => {
      const {
        actor: { workspaceId },
        params: { id },
        body,
      } = request;
      const by = byOf(request);
      const changed = await people.transaction(async (tx) => {
        const before = await memberToChange(tx, workspaceId, id, body.role !== 'admin');
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
        const before = await memberToChange(tx, workspaceId, id, true);
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
 * The member, with the workspace's administrators held still.
 * @throws Problem 404, or 409 when nobody would be left to administer
 */
async function memberToChange(
  tx: Tx,
  workspaceId: string,
  id: string,
  losesAdmin: boolean,
): Promise<MemberRow> {
  const administrators = await lockAdministrators(tx, workspaceId);
  const member = await findMember(tx, workspaceId, id);
  if (!member) throw notFound('user');
  if (losesAdmin && administrators.length === 1 && administrators[0] === id) {
    throw new Problem(
      409,
      'lastAdministrator',
      'This is the last administrator of the workspace. Make somebody else an administrator first.',
    );
  }
  return member;
}

function toUser(row: MemberRow): z.input<typeof user> {
  return {
    id: row.id,
    name: row.name,
    email: row.email,
    role: row.role,
    hasSecondFactor: row.has_second_factor,
    lastSignInAt: row.last_sign_in_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
  };
}
