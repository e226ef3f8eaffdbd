/**
 * The screens: built files of `web/`, and for every address that is not the API the one page that shows them. Each answer
 * of that page has a nonce of its own, which is all that the content security policy lets make styles at run time.
 */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { notFound } from '../errors.ts';
import { sendProblem } from './problems.ts';

/** Where `npm ci` puts the built screens. */
export const builtPages = join(import.meta.dirname, '../../web/dist');

const noncePlace = '__CSP_NONCE__';

const policyOf = (nonce: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'self'",
  ].join('; ');

const notBuilt = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Herald</title>
<p>The screens are not built. Run <code>npm run build</code> and load this page again. The API works meanwhile.</p></html>`;

/** Serves what is in `folder`; without it the page says how to build it. */
export async function registerPages(app: FastifyInstance, folder: string = builtPages): Promise<void> {
  const page = await readFile(join(folder, 'index.html'), 'utf8').catch(() => undefined);
  if (page !== undefined) {
    await app.register(fastifyStatic, {
      root: folder,
      index: false,
      cacheControl: false,
      schemaHide: true,
      wildcard: false,
      globIgnore: ['index.html'],
      // Names of built files hold a hash of what is in them.
      setHeaders: (reply, path) => {
        const isHashed = path.includes('/assets/');
        reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
  }
  app.setNotFoundHandler((request, reply) =>
    isForPage(request) ? sendPage(reply, page) : sendProblem(reply, notFound('address')),
  );
}

/** What a browser asks for when a person opens an address. */
const isForPage = ({ method, url, headers }: FastifyRequest): boolean =>
  (method === 'GET' || method === 'HEAD') &&
  !url.startsWith('/api/') &&
  (headers.accept ?? '').includes('text/html');

function sendPage(reply: FastifyReply, page: string | undefined): FastifyReply {
  const nonce = randomBytes(16).toString('base64');
  return reply
    .code(page === undefined ? 503 : 200)
    .header('content-security-policy', policyOf(nonce))
    .type('text/html; charset=utf-8')
    .send(page === undefined ? notBuilt : page.replaceAll(noncePlace, nonce));
}
