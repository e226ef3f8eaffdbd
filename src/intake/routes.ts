/** POST /alerts and POST /intake/{format}: alerts come in, each is judged by itself, and is answered after COMMIT. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Acceptor } from '../alerts/index.ts';
import { Problem } from '../errors.ts';
import { keepRawBodies, type Plugin, readBody } from '../http/index.ts';
import { formatNames, formats, parseBatch } from './formats.ts';
import type { IdempotencyKeys } from './idempotency.ts';
import { createOneByOne, type OneByOne } from './oneByOne.ts';
import { createSizes, type Sizes } from './sizes.ts';
import type { FieldError, Format, Parsed } from './types.ts';

/** What became of one alert of a request. */
interface AlertResult {
  id?: string;
  externalId?: string;
  status: 'accepted' | 'duplicate' | 'updated' | 'rejected';
  error?: { code: string; message: string; errors?: FieldError[] };
}

const results = z.object({
  results: z.array(
    z.object({
      id: z.string().optional(),
      externalId: z.string().optional(),
      status: z.enum(['accepted', 'duplicate', 'updated', 'rejected']),
      error: z
        .object({ code: z.string(), message: z.string(), errors: z.array(z.unknown()).optional() })
        .optional(),
    }),
  ),
});

interface RouteParts extends IntakeParts {
  reading: OneByOne;
  sizes: Sizes;
}

export interface IntakeParts {
  acceptor: Acceptor;
  idempotency: IdempotencyKeys;
  now(): Date;
  onRejected?(format: string, code: string): void;
}

export function intakeRoutes(given: IntakeParts): Plugin {
  const parts = { ...given, reading: createOneByOne(), sizes: createSizes() };
  return (app) => {
    keepRawBodies(app);
    register(
      app,
      '/alerts',
      formats.native,
      'Alerts in the native form: one, or an array of at most 500',
      parts,
    );
    for (const name of formatNames) {
      register(app, `/intake/${name}`, formats[name], `Alerts as ${name} sends them`, parts);
    }
  };
}

function register(
  app: FastifyInstance,
  url: string,
  format: Format,
  summary: string,
  parts: RouteParts,
): void {
  app.post(
    url,
    {
      config: { scope: 'intake' },
      schema: { tags: ['intake'], summary, response: { 202: results } },
    },
    (request, reply) => takeIn(request, reply, format, parts),
  );
}

async function takeIn(
  request: FastifyRequest,
  reply: FastifyReply,
  format: Format,
  parts: RouteParts,
): Promise<FastifyReply> {
  const { actor } = request;
  const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const key = request.headers['idempotency-key'];
  if (typeof key !== 'string') return answer(reply, await judgeAndStore(request, bytes, format, parts));
  const known = await parts.idempotency.claim(actor.workspaceId, key, { format: format.name, body: bytes });
  if (known !== undefined) return answer(reply, known);
  const text = await judgeAndStore(request, bytes, format, parts);
  await parts.idempotency.keep(actor.workspaceId, key, text);
  return answer(reply, text);
}

const answer = (reply: FastifyReply, text: string): FastifyReply =>
  reply.code(202).header('content-type', 'application/json; charset=utf-8').send(text);

/** The answer as text; throws a Problem for a request that is refused as a whole. */
async function judgeAndStore(
  { actor, headers }: FastifyRequest,
  bytes: Buffer,
  format: Format,
  { acceptor, now, onRejected, reading, sizes }: RouteParts,
): Promise<string> {
  // Refused before it is read: a refusal must cost little when there is too much (promise P11).
  const giveBack = acceptor.reserve(actor, sizes.estimate(bytes.length));
  const batch = await reading
    .run(bytes.length, () => {
      const body = readBody(bytes, headers['content-type']);
      if (!body.ok) throw new Problem(body.status, body.code, body.message);
      return parseBatch(format, body.value, { now: now(), source: actor.source });
    })
    .finally(giveBack);
  if (!batch.ok) throw new Problem(batch.status, batch.code, batch.message);
  const [first] = batch.results;
  if (batch.single && first && !first.ok) {
    onRejected?.(format.name, 'invalid');
    throw new Problem(422, 'invalid', wordsOf(first.errors), { errors: first.errors });
  }
  sizes.learn(bytes.length, batch.results.length);
  // Turned away as a whole: what was handed over of it would have to be waited for.
  acceptor.reserve(actor, batch.results.length)();
  // All of them are handed over before any is waited for: they share a transaction, in the order of the request.
  const stored = batch.results.map((parsed) => store(parsed, actor, acceptor));
  const judged = await Promise.allSettled(stored);
  for (const one of judged) {
    // Sent again as a whole, nothing is stored twice: each alert is known by its id.
    if (one.status === 'rejected' && isForAll(one.reason)) throw one.reason;
  }
  if (batch.single && judged[0]?.status === 'rejected') throw judged[0].reason;
  return JSON.stringify({ results: judged.map((one, i) => resultOf(one, batch.results[i] as Parsed)) });
}

const isForAll = (reason: unknown): boolean =>
  reason instanceof Problem && (reason.status === 503 || reason.status === 429);

const wordsOf = (errors: readonly FieldError[]): string => errors.map(({ message }) => message).join(' ');

async function store(
  parsed: Parsed,
  { workspaceId, keyId }: FastifyRequest['actor'],
  acceptor: Acceptor,
): Promise<AlertResult> {
  if (!parsed.ok) {
    const error = { code: 'invalid', message: wordsOf(parsed.errors), errors: parsed.errors };
    return { externalId: parsed.externalId, status: 'rejected', error };
  }
  const { id, status } = await acceptor.accept(workspaceId, parsed.alert, undefined, keyId);
  return { id, externalId: parsed.alert.externalId, status };
}

function resultOf(judged: PromiseSettledResult<AlertResult>, parsed: Parsed): AlertResult {
  if (judged.status === 'fulfilled') return judged.value;
  const externalId = parsed.ok ? parsed.alert.externalId : parsed.externalId;
  const message = 'This alert could not be stored; the others of the request were. Send it again alone.';
  return { externalId, status: 'rejected', error: { code: 'notStored', message } };
}
