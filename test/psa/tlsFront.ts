/** The simulated PSA behind TLS, whose certificate can change while it runs. */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';

/** A file of the test certificates, such as `good` or `expired`. */
export const certificate = (name: string): string =>
  readFileSync(new URL(`../../src/outbound/fixtures/${name}.pem`, import.meta.url), 'utf8');

export interface TlsFront {
  /** https, on 127.0.0.1. */
  url: string;
  /** What is asked from now on goes there; addresses in the answers lead back here. */
  leadTo(target: string): void;
  /** From now on this certificate is shown, on new connections only: those that are open end. */
  show(name: string): void;
  /** Requests that came through. */
  requests(): number;
  close(): void;
}

/** Begins with a certificate that is good. */
export async function startTlsFront(): Promise<TlsFront> {
  const key = certificate('key');
  let target = '';
  let requests = 0;
  let url = '';
  const server: Server = createServer({ key, cert: certificate('good') }, async (request, response) => {
    requests += 1;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { host: _host, connection: _connection, 'content-length': _length, ...headers } = request.headers;
    const answer = await fetch(`${target}${request.url}`, {
      method: request.method ?? 'GET',
      headers: headers as Record<string, string>,
      ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
    });
    const text = (await answer.text()).replaceAll(target, url);
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' });
    response.end(text);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    leadTo(to) {
      target = to;
    },
    show(name) {
      server.setSecureContext({ key, cert: certificate(name) });
      server.closeAllConnections();
    },
    requests: () => requests,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
