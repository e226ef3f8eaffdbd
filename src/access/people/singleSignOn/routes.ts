/** Single sign-on in Settings: which identity providers people of the workspace may come from. */

import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { byOf } from '../../../audit/index.ts';
import type { Database, PeopleDatabase } from '../../../db/database.ts';
import { notFound } from '../../../errors.ts';
import { idParams, type Plugin, pageOf, pageQuery, setEtag, typed } from '../../../http/index.ts';
import type { SecretBox } from '../../../secrets/index.ts';
import { forAdministrators, sensitive, peopleTags as tags } from '../../routeConfig.ts';
import { recordChange, refuseStale } from '../recordChange.ts';
import { revisionOf } from '../revision.ts';
import { newcomerRole, signOnProvider } from '../schemas.ts';
import { sealSecret } from './secret.ts';
import { deleteProvider, listProviders, lockProvider, type ProviderRow, saveProvider } from './store.ts';

export interface ProviderParts {
  people: PeopleDatabase;
  db: Database;
  secretBox: SecretBox;
  baseUrl: string;
}

const domain = z
  .string()
  .trim()
  .toLowerCase()
  .max(253)
  .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'must be a domain such as msp.example.');

const settings = {
  name: z.string().trim().min(1).max(100),
  issuer: z.url({ protocol: /^https?$/ }).max(500),
  clientId: z.string().trim().min(1).max(500),
  clientSecret: z.string().min(1).max(2_000),
  newcomerRole: newcomerRole.meta({
    description: 'What people may do who come without an invitation; null = nobody may come so.',
  }),
  domains: z.array(domain).max(50).meta({ description: 'Of the addresses of newcomers; empty = any.' }),
};

const newProvider = z.strictObject({
  ...settings,
  newcomerRole: settings.newcomerRole.default(null),
  domains: settings.domains.default([]),
});
const changedProvider = z.strictObject(settings).partial();

export function singleSignOnRoutes(parts: ProviderParts): Plugin {
  const { people, baseUrl } = parts;
  const toProvider = (row: ProviderRow): z.input<typeof signOnProvider> => ({
    id: row.id,
    name: row.name,
    issuer: row.issuer,
    clientId: row.client_id,
    newcomerRole: row.newcomer_role,
    domains: row.domains,
    redirectUri: `${baseUrl}/api/sign-on/${row.id}/callback`,
    createdAt: row.created_at.toISOString(),
    revision: revisionOfProvider(row),
  });
  /** What of it goes into the audit. */
  const membersOf = (row: ProviderRow) => {
    const { revision: _, ...members } = toProvider(row);
    return members;
  };

  return (app) => {
    const routes = typed(app);
    routes.get(
      '/single-sign-on',
      {
        config: forAdministrators,
        schema: {
          tags,
          summary: 'Identity providers of the workspace',
          querystring: z.strictObject(pageQuery),
          response: { 200: pageOf(signOnProvider) },
        },
      },
      async ({ actor: { workspaceId } }) => {
        const rows = await people.transaction((tx) => listProviders(tx, workspaceId));
        return { items: rows.map(toProvider), nextCursor: null };
      },
    );

    routes.post(
      '/single-sign-on',
      {
        config: sensitive,
        schema: {
          tags,
          summary: 'Add an identity provider (OpenID Connect)',
          body: newProvider,
          response: { 201: signOnProvider },
        },
      },
      async (request, reply) => {
        const {
          actor: { workspaceId },
          body,
        } = request;
        const by = byOf(request);
        const id = randomUUID();
        const clientSecret = await sealSecret(parts, workspaceId, id, body.clientSecret);
        const row = await people.transaction(async (tx) => {
          const made = await saveProvider(tx, rowOf({ id, workspaceId, clientSecret }, body));
          await recordChange(people, tx, workspaceId, by, {
            action: 'singleSignOn.create',
            target: { kind: 'singleSignOn', id, name: made.name },
            after: membersOf(made),
          });
          return made;
        });
        return reply.code(201).send(toProvider(row));
      },
    );

    routes.patch(
      '/single-sign-on/:id',
      {
        config: sensitive,
        schema: {
          tags,
          summary: 'Change an identity provider; members left out stay as they are',
          params: idParams,
          body: changedProvider,
          response: { 200: signOnProvider },
        },
      },
      async (request, reply) => {
        const {
          actor: { workspaceId },
          params: { id },
          body,
        } = request;
        const by = byOf(request);
        const sealed =
          body.clientSecret === undefined
            ? undefined
            : await sealSecret(parts, workspaceId, id, body.clientSecret);
        const row = await people.transaction(async (tx) => {
          const before = await lockProvider(tx, workspaceId, id);
          if (!before) throw notFound('single sign-on');
          await refuseStale(people, tx, workspaceId, request, {
            revision: revisionOfProvider(before),
            kind: 'singleSignOn',
            id,
          });
          const clientSecret = sealed ?? before.client_secret;
          const known = { ...toProvider(before), ...body };
          const made = await saveProvider(tx, rowOf({ id, workspaceId, clientSecret }, known));
          await recordChange(people, tx, workspaceId, by, {
            action: 'singleSignOn.change',
            target: { kind: 'singleSignOn', id, name: made.name },
            before: membersOf(before),
            after: { ...membersOf(made), ...(sealed !== undefined && { clientSecret: 'changed' }) },
          });
          return made;
        });
        setEtag(reply, revisionOfProvider(row));
        return toProvider(row);
      },
    );

    routes.delete(
      '/single-sign-on/:id',
      {
        config: sensitive,
        schema: {
          tags,
          summary: 'Remove an identity provider; whoever came from it stays, and signs in in another way',
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
          const before = await lockProvider(tx, workspaceId, id);
          if (!before) throw notFound('single sign-on');
          await refuseStale(people, tx, workspaceId, request, {
            revision: revisionOfProvider(before),
            kind: 'singleSignOn',
            id,
          });
          await deleteProvider(tx, workspaceId, id);
          await recordChange(people, tx, workspaceId, by, {
            action: 'singleSignOn.remove',
            target: { kind: 'singleSignOn', id, name: before.name },
            before: membersOf(before),
          });
        });
        return reply.code(204).send(null);
      },
    );
  };
}

/** The sealed secret differs after each change of it, and a part of a hash tells nothing of it. */
const revisionOfProvider = (row: ProviderRow): number =>
  revisionOf([row.name, row.issuer, row.client_id, row.client_secret, row.newcomer_role, row.domains]);

interface Known {
  name: string;
  issuer: string;
  clientId: string;
  newcomerRole: ProviderRow['newcomer_role'];
  domains: string[];
}

function rowOf(
  { id, workspaceId, clientSecret }: { id: string; workspaceId: string; clientSecret: string },
  known: Known,
): Omit<ProviderRow, 'created_at'> {
  return {
    id,
    workspace_id: workspaceId,
    name: known.name,
    issuer: known.issuer,
    client_id: known.clientId,
    client_secret: clientSecret,
    newcomer_role: known.newcomerRole,
    domains: known.domains,
  };
}
