/** Contracts and services, asked of the PSA (req 97–103). */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { notFound, Problem } from '../errors.ts';
import { idParams, idText, pageOf, pageQuery, searchQuery, typed } from '../http/index.ts';
import type { Billing } from '../psa/contract.ts';
import { type Asking, beginAsking, type Where } from './ask.ts';
import { findMappedAccount } from './mappingStore.ts';
import type { ConnectionParts } from './parts.ts';
import { readPsaPage } from './psaPages.ts';
import { whereOf } from './routeParts.ts';
import { contract, service } from './schemas.ts';
import { mustFind } from './steps.ts';

const tags = ['connections'];
const config = { scope: 'read' } as const;

export function registerContracts(app: FastifyInstance, parts: ConnectionParts): void {
  typed(app).get(
    '/psa/connections/:id/contracts',
    {
      config,
      schema: {
        tags,
        summary: 'Contracts of one account, asked of the PSA; those that are not in force too',
        description: 'Of the account with accountId, or of the one that organizationId is mapped to.',
        params: idParams,
        querystring: z.strictObject({
          ...pageQuery,
          ...searchQuery,
          accountId: z.string().min(1).max(100).optional(),
          organizationId: idText.optional(),
        }),
        response: { 200: pageOf(contract) },
      },
    },
    async (request) => {
      const { limit, cursor, q } = request.query;
      const where = whereOf(request);
      const accountId = await accountOf(parts, where, request.query);
      const wanted = { list: 'contracts', of: JSON.stringify([accountId, q]), limit, cursor };
      return readPsaPage(
        wanted,
        () => beginAsking(parts, where),
        (asking, from) => billingOf(asking).contracts(accountId, filterOf(q), from),
      );
    },
  );

  typed(app).get(
    '/psa/connections/:id/services',
    {
      config,
      schema: {
        tags,
        summary: 'Services that can be on contracts, asked of the PSA; inactive ones too',
        params: idParams,
        querystring: z.strictObject({ ...pageQuery, ...searchQuery }),
        response: { 200: pageOf(service) },
      },
    },
    async (request) => {
      const { limit, cursor, q } = request.query;
      const wanted = { list: 'services', of: JSON.stringify([q]), limit, cursor };
      return readPsaPage(
        wanted,
        () => beginAsking(parts, whereOf(request)),
        (asking, from) => billingOf(asking).services(filterOf(q), from),
      );
    },
  );
}

const filterOf = (q: string | undefined): { q?: string } => (q === undefined ? {} : { q });

/** @throws Problem 400 unless one of the two is given, 404 for an organization without an account here */
async function accountOf(
  { db }: ConnectionParts,
  where: Where,
  { accountId, organizationId }: { accountId?: string | undefined; organizationId?: string | undefined },
): Promise<string> {
  return db.inWorkspace(where.workspaceId, async (tx) => {
    await mustFind(tx, where);
    if ((accountId === undefined) === (organizationId === undefined))
      throw new Problem(400, 'invalidQuery', 'Give either accountId or organizationId.');
    if (organizationId === undefined) return accountId as string;
    const mapped = await findMappedAccount(tx, where.workspaceId, where.connectionId, organizationId);
    if (mapped === undefined) throw notFound('mapping of this organization');
    return mapped;
  });
}

/** @throws Problem 501 for a kind whose contracts are not read */
function billingOf({ session, adapter }: Asking): Billing {
  if (session.billing) return session.billing;
  throw new Problem(501, 'notAvailable', `Herald does not read the contracts of ${adapter.label}.`);
}
