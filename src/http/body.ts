/** How bodies are read: as bytes first, then strictly as JSON; form posts and the like never reach a handler. */
import type { FastifyInstance } from 'fastify';
import { Problem } from '../errors.ts';
import { readBody } from './readBody.ts';

/** All routes of the server: JSON only. An empty body counts as none, whatever content type it claims. */
export function readJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (request, bytes: Buffer, done) => {
    refuseEncoding(request.headers['content-encoding']);
    if (bytes.length === 0) return done(null, undefined);
    const result = readBody(bytes, request.headers['content-type']);
    if (result.ok) done(null, result.value);
    else done(new Problem(result.status, result.code, result.message));
  });
}

/** Inside a plugin: its routes get their body as it came, as a Buffer, whatever its content type. */
export function keepRawBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (request, bytes: Buffer, done) => {
    refuseEncoding(request.headers['content-encoding']);
    done(null, bytes);
  });
}

/** Compressed bodies are not taken: their size is known only after the work is done. */
function refuseEncoding(encoding: string | undefined): void {
  if (encoding === undefined || encoding === 'identity') return;
  throw new Problem(415, 'unsupportedEncoding', 'Send the body without a content encoding.');
}
