/** The description of the API for people: one page without scripts, made from the same document. */
import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';
import { Problem } from '../errors.ts';
import type { KeyAccess } from './actor.ts';
import { type PersonAccess, requireSomebody } from './auth.ts';
import { contentSecurityPolicy, strictTransportSecurity } from './headers.ts';

interface Operation {
  summary?: string;
  description?: string;
  tags?: string[];
  parameters?: { name: string; in: string; required?: boolean; description?: string }[];
  requestBody?: unknown;
  'x-scope'?: string;
}

interface ApiDocument {
  paths?: Record<string, Record<string, Operation>>;
}

const refusal = new Problem(
  401,
  'unauthorized',
  'Sign in to Herald in this browser, then load this page again; programs send an API key as "Authorization: Bearer <key>".',
);

interface DocsParts {
  access: KeyAccess;
  people?: PersonAccess;
  isHttps: boolean;
}

/** `/api/openapi.json` and `/api/docs`: for whoever has signed in or has any key (ASVS 13.4.5). */
export async function registerDocs(
  app: FastifyInstance,
  { access, people, isHttps }: DocsParts,
): Promise<void> {
  // The page has a policy of its own; what is set for API answers would win over helmet's.
  app.addHook('onRequest', (_request, reply, done) => {
    reply.removeHeader('content-security-policy');
    done();
  });
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { ...contentSecurityPolicy, styleSrc: ["'self'"] },
    },
    strictTransportSecurity: isHttps ? strictTransportSecurity : false,
  });
  requireSomebody(app, access, people, refusal);
  app.get('/api/openapi.json', { schema: { hide: true } }, async (_request, reply) =>
    reply.type('application/json; charset=utf-8').send(JSON.stringify(app.swagger())),
  );
  app.get('/api/docs', { schema: { hide: true } }, async (_request, reply) =>
    reply.type('text/html; charset=utf-8').send(docsPage(app.swagger() as ApiDocument)),
  );
  app.get('/api/docs.css', { schema: { hide: true } }, async (_request, reply) =>
    reply.type('text/css; charset=utf-8').send(stylesheet),
  );
}

/** The page: routes in groups, each with its parameters, scope and body. */
function docsPage({ paths = {} }: ApiDocument): string {
  const groups = new Map<string, string[]>();
  for (const [path, operations] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const group = operation.tags?.[0] ?? 'other';
      groups.set(group, [...(groups.get(group) ?? []), operationHtml(method, path, operation)]);
    }
  }
  const sections = [...groups].map(
    ([group, parts]) => `<section><h2>${escapeHtml(group)}</h2>${parts.join('')}</section>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Herald API</title><link rel="stylesheet" href="/api/docs.css"></head>
<body><h1>Herald API</h1>
<p>Send an API key as <code>Authorization: Bearer &lt;key&gt;</code>. Errors are problems (RFC 9457) with a stable <code>code</code>.
The whole description for programs: <a href="/api/openapi.json">openapi.json</a>.</p>
${sections.join('\n')}</body></html>`;
}

function operationHtml(method: string, path: string, operation: Operation): string {
  const { summary = '', description, parameters = [], requestBody } = operation;
  const scope = operation['x-scope'] ? `<span class="scope">${escapeHtml(operation['x-scope'])}</span>` : '';
  const body = requestBody
    ? `<pre>${escapeHtml(JSON.stringify(bodySchemaOf(requestBody), null, 2))}</pre>`
    : '';
  return `<details><summary><b>${method.toUpperCase()}</b> <code>${escapeHtml(path)}</code> ${escapeHtml(summary)} ${scope}</summary>
${description ? `<p>${escapeHtml(description)}</p>` : ''}${parametersHtml(parameters)}${body}</details>`;
}

function parametersHtml(parameters: NonNullable<Operation['parameters']>): string {
  const rows = parameters.map(
    (one) =>
      `<tr><td><code>${escapeHtml(one.name)}</code></td><td>${escapeHtml(one.in)}${one.required ? ', required' : ''}</td>` +
      `<td>${escapeHtml(one.description ?? '')}</td></tr>`,
  );
  return rows.length > 0 ? `<table>${rows.join('')}</table>` : '';
}

function bodySchemaOf(requestBody: unknown): unknown {
  const content = (requestBody as { content?: Record<string, { schema?: unknown }> }).content;
  return content?.['application/json']?.schema ?? requestBody;
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => entities[character] ?? character);

const stylesheet = `
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
details { border-top: 1px solid color-mix(in srgb, currentColor 20%, transparent); padding: .4rem 0; }
summary { cursor: pointer; }
summary b { display: inline-block; min-width: 4.5rem; }
code, pre { font: 13px/1.5 ui-monospace, monospace; }
pre { overflow: auto; max-height: 30rem; }
td { padding: .1rem 1rem .1rem 0; vertical-align: top; }
.scope { float: right; opacity: .7; }
`;
