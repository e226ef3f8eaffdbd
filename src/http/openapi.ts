/** The description of the API for machines (OpenAPI 3.1), made from the schemas of the routes. */
import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';

const problemSchema = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'detail'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', description: 'Stable; for programs.' },
    detail: { type: 'string', description: 'A sentence for people.' },
    lastChange: {
      type: 'object',
      description: 'Of changedMeanwhile: who was there last, and when.',
      required: ['by', 'at'],
      properties: { by: { type: 'string' }, at: { type: 'string', format: 'date-time' } },
    },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['field', 'code', 'message'],
        properties: {
          field: { type: 'string' },
          code: { type: 'string' },
          message: { type: 'string' },
          count: {
            type: 'integer',
            description: 'How many it is about, where the message counts something.',
          },
          mistake: {
            type: 'object',
            description: 'Of a template: the place, from 0, and what is wrong there.',
            required: ['at', 'what'],
            properties: { at: { type: 'integer' }, what: { type: 'string' } },
          },
        },
      },
    },
  },
};

/** Call it before any route is registered: it watches them. Afterwards `app.swagger()` answers the document. */
export async function describeRoutes(app: FastifyInstance, baseUrl: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Herald',
        version: '1',
        description: 'Delivers security alerts as tickets in PSA systems and as e-mail, exactly once.',
      },
      servers: [{ url: baseUrl }],
      components: {
        securitySchemes: { apiKey: { type: 'http', scheme: 'bearer' } },
        schemas: { Problem: problemSchema as never },
      },
    },
    transform: (input) => {
      const { schema, url } = jsonSchemaTransform(input as never);
      const scope = input.route.config?.scope;
      const described = schema as Record<string, unknown> & { hide?: boolean };
      if (described.hide) return { schema, url };
      const response = { ...(described.response as object), default: problemResponse };
      const security = scope ? [{ apiKey: [] }] : [];
      return { schema: { ...described, response, security, ...(scope ? { 'x-scope': scope } : {}) }, url };
    },
  });
}

const problemResponse = {
  description: 'A problem (RFC 9457)',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};
