/** What machines that run the service ask: alive, ready, metrics. No prefix (design §9). */
import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import { z } from 'zod';
import type { Access } from '../access/access.ts';
import { Problem } from '../errors.ts';
import { requireActor } from './auth.ts';

export interface OperationsParts {
  access: Access;
  /** Why the service cannot work now, in a sentence; undefined = it can. */
  whyNotReady: () => Promise<string | undefined>;
  metrics: Registry;
}

const tags = ['operations'];

export function registerOperations(
  app: FastifyInstance,
  { access, whyNotReady, metrics }: OperationsParts,
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
  app.register(async (scope) => {
    requireActor(scope, access);
    scope.get(
      '/metrics',
      {
        config: { scope: 'read' },
        schema: { tags, summary: 'Metrics in the format of Prometheus', response: { 200: z.string() } },
      },
      async (_request, reply) => reply.type(metrics.contentType).send(await metrics.metrics()),
    );
  });
}
