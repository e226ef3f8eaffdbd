/** What goes wrong → an RFC 9457 answer, in one place. Nothing that was sent is repeated in an answer. */
import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { Problem } from '../errors.ts';

const problemType = 'application/problem+json; charset=utf-8';

/** The members of a problem answer, before it is written as JSON. */
export interface ProblemAnswer {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  errors?: Problem['errors'];
  lastChange?: Problem['lastChange'];
}

function problemAnswer({ status, code, message, errors, lastChange }: Problem): ProblemAnswer {
  const title = STATUS_CODES[status] ?? 'Error';
  return {
    type: `urn:herald:problem:${code}`,
    title,
    status,
    code,
    detail: message,
    ...(errors ? { errors } : {}),
    ...(lastChange ? { lastChange } : {}),
  };
}

/** Answers with a problem; as text, so that no response schema touches it. */
export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer realm="herald"');
  if (problem.retryAfterSeconds !== undefined) reply.header('retry-after', String(problem.retryAfterSeconds));
  return reply
    .code(problem.status)
    .type(problemType)
    .send(JSON.stringify(problemAnswer(problem)));
}

/** Fastify's own refusals by their code; the rest of its 4xx become `badRequest`. */
const frameworkProblems: Record<string, [status: number, code: string, text: string]> = {
  FST_ERR_CTP_BODY_TOO_LARGE: [413, 'bodyTooLarge', 'The body is larger than 10 MB.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    415,
    'unsupportedMediaType',
    'Send JSON with the content type application/json, in UTF-8.',
  ],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [400, 'badRequest', 'The body is not as long as its header says.'],
  FST_ERR_MAX_PARAM_LENGTH: [404, 'notFound', 'There is no such address.'],
  FST_ERR_BAD_URL: [400, 'badUrl', 'The address is not a valid URL.'],
};

/** Lock and statement time-outs of the database: it works, but somebody is in the way (promises L-4). */
const busyCodes = new Set(['55P03', '57014']);

/** A text that no database holds: NUL in a name or a filter (promises I-7). Alerts have theirs replaced at intake. */
const nulCode = '22021';

/** The problem that an error stands for; undefined = a surprise. */
function knownProblem(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error;
  const { code = '', statusCode = 500 } = error as { code?: string; statusCode?: number };
  const known = frameworkProblems[code];
  if (known) return new Problem(...known);
  if (busyCodes.has(code)) {
    return new Problem(503, 'databaseBusy', 'The database is busy. Send it again shortly.', {
      retryAfterSeconds: 2,
    });
  }
  if (code === nulCode) {
    return new Problem(400, 'invalidText', 'A text of the request holds a NUL character; leave it out.');
  }
  if (statusCode >= 400 && statusCode < 500) {
    return new Problem(statusCode, 'badRequest', 'The request cannot be understood.');
  }
  return undefined;
}

/** The error handler of the server: surprises are logged whole and shown as nothing but an id. */
export function createErrorHandler(log: Logger) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const problem = knownProblem(error);
    const { method, routeOptions } = request;
    if (problem) {
      // Refusals of keys are events of their own (ASVS 16.3.1): without the key, in words of ours.
      if (problem.status === 401 || problem.status === 403) {
        log.warn(
          {
            code: problem.code,
            method,
            route: routeOptions.url,
            ip: request.ip,
            keyId: request.actor?.keyId,
            userId: request.actor?.userId,
          },
          'access.refused',
        );
      }
      return sendProblem(reply, problem);
    }
    const errorId = randomUUID();
    log.error({ err: error, errorId, method, route: routeOptions.url }, 'http.surprise');
    return sendProblem(
      reply,
      new Problem(
        500,
        'internal',
        `Something went wrong here, not with your request. Its id in the log is ${errorId}.`,
      ),
    );
  };
}

/** The answer of a request that Node could not read, written onto its socket: too slow, too large, or not HTTP. */
export function clientErrorAnswer(code: string | undefined): string {
  const problem = clientProblem(code);
  const body = JSON.stringify(problemAnswer(problem));
  return [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    `content-type: ${problemType}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'cache-control: no-store',
    'connection: close',
    '',
    body,
  ].join('\r\n');
}

function clientProblem(code: string | undefined): Problem {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return new Problem(408, 'requestTimeout', 'The request took too long to arrive.');
  }
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new Problem(431, 'headersTooLarge', 'The headers of the request are too large.');
  }
  return new Problem(400, 'badRequest', 'The request is not valid HTTP.');
}
