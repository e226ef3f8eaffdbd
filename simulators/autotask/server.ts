import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Answer, jsonAnswer, sendAnswer } from '../common/answers.ts';
import { readBody } from '../common/body.ts';
import { isApiPath, serveApi } from './api.ts';
import { control } from './control.ts';
import { page } from './pages/index.ts';
import type { Tenant } from './tenant.ts';

/** Serves any request: the vendor's API, the control API below `/control`, and the pages for people. */
export function serve(tenant: Tenant, request: IncomingMessage, response: ServerResponse): void {
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  const served = isApiPath(path)
    ? serveApi(tenant, request, response)
    : serveOther(tenant, request, response);
  served.catch((error: Error) => {
    if (request.destroyed && !request.complete) return;
    console.error(error);
    if (!response.headersSent) sendAnswer(response, jsonAnswer(500, { Message: 'An error has occurred.' }));
    else response.destroy();
  });
}

async function serveOther(tenant: Tenant, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readBody(request);
  const url = new URL(`http://localhost${request.url ?? '/'}`);
  const method = request.method ?? 'GET';
  const answer: Answer = url.pathname.startsWith('/control/')
    ? control(tenant, method, url, body)
    : page(tenant, method, url);
  sendAnswer(response, answer);
}
