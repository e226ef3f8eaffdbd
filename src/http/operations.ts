/** What machines that run the service ask: alive, ready, metrics. No prefix (design §9). */
import { hash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import { z } from 'zod';
import { Problem } from '../errors.ts';
import { bearerToken, environmentKeyId, type KeyAccess } from './actor.ts';
import { unauthorized } from './auth.ts';

export interface OperationsParts {
  access: KeyAccess;
  /** A key that reads the figures and nothing else. */
  metricsKey?: string | undefined;
  /** Why the service cannot work now, in a sentence; undefined = it can. */
  whyNotReady: () => Promise<string | undefined>;
  metrics: Registry;
}

const tags = ['operations'];

export function registerOperations(
  app: FastifyInstance,
  { access, metricsKey, whyNotReady, metrics }: OperationsParts,
): void {
  const state = z.object({ status: z.literal('ok') });
  app.get(
    '/healthz',
    { schema: { tags, summary: 'Whether the process is alive', response: { 200: state } } },
    async () => ({ status: 'ok' as const }),
  );
  app.get(
    '/readyz',
    { schema: { tags, summary: 'Whether requests can be served', response: { 200: state } } },
    async () => {
      const reason = await whyNotReady();
      if (reason !== undefined) throw new Problem(503, 'notReady', reason, { retryAfterSeconds: 2 });
      return { status: 'ok' as const };
    },
  );
  app.get(
    '/metrics',
    {
      schema: {
        tags,
        summary: 'Metrics in the format of Prometheus, by a key of the environment',
        response: { 200: z.string() },
      },
    },
    async ({ headers: { authorization } }, reply) => {
      if (!isMetricsKey(bearerToken(authorization), metricsKey)) {
        const actor = await access.authenticate(authorization);
        if (!actor) throw unauthorized;
        if (actor.keyId !== environmentKeyId) throw onlyOperators;
      }
      return reply.type(metrics.contentType).send(await metrics.metrics());
    },
  );
}

/** The figures are of all workspaces: no key of one of them may read them (ASVS 13.4.5). */
const onlyOperators = new Problem(
  403,
  'forbidden',
  'Metrics are of the whole installation. They take the key of HERALD_METRICS_KEY or HERALD_API_KEY.',
);

function isMetricsKey(token: string | undefined, key: string | undefined): boolean {
  if (token === undefined || key === undefined) return false;
  // Over hashes, which have one length: how long it takes tells nothing of the key.
  const hashed = (text: string) => hash('sha256', text, 'buffer');
  return timingSafeEqual(hashed(token), hashed(key));
}
