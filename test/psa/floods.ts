/** What answers without measure cost a process that does nothing but call (promises J-10, M10). */
import { execFile } from 'node:child_process';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createGzip } from 'node:zlib';

const caller = fileURLToPath(new URL('floodedCaller.ts', import.meta.url));
const piece = Buffer.alloc(100_000, ' ');

/** By path; each as the simulator's fault of that kind is. */
const floods: Readonly<Record<string, (response: ServerResponse) => void>> = {
  '/plain': (response) => pour(response, 30_000_000),
  '/gzip': (response) => {
    response.setHeader('content-encoding', 'gzip');
    const zip = createGzip();
    zip.on('error', () => undefined).pipe(response);
    pour(zip, 60_000_000);
  },
  '/header': (response) => {
    response.socket?.write('HTTP/1.1 200 OK\r\nx-large: ');
    if (response.socket) pour(response.socket, 10_000_000);
  },
};

/** Meets each flood so often, one after another; answers by how many megabytes the process grew at most. */
export async function megabytesOfFloods(times: number): Promise<number> {
  const server = createServer((request, response) => {
    response.on('error', () => undefined);
    const flood = floods[request.url ?? ''];
    if (flood) flood(response);
    else response.end('{}');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const urls = ['/', ...Object.keys(floods)].map((path) => base + path);
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--expose-gc',
      caller,
      String(times),
      ...urls,
    ]);
    return Number(stdout);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** As fast as it is taken, and no further when nobody takes it. */
function pour(into: NodeJS.WritableStream, bytes: number): void {
  let left = bytes;
  const more = () => {
    while (left > 0) {
      left -= piece.length;
      if (!into.write(piece)) return;
    }
    into.end();
  };
  into.on('drain', more).on('error', () => undefined);
  more();
}
