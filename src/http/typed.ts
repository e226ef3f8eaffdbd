/** Routes whose handlers get their types from their zod schemas. */
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';

export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** The same app, to register typed routes on. */
export const typed = (app: FastifyInstance): App => app.withTypeProvider<ZodTypeProvider>();

/** An id of ours in a path or body, in the one spelling that the database has. */
export const idText = z.uuid().toLowerCase();

/** The path `/…/:id`. */
export const idParams = z.strictObject({ id: idText });
