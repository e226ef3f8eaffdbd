import type { IncomingMessage } from 'node:http';

/** The whole body as text. Rejects when the client goes away, or sends more than `limitBytes`. */
export function readBody(request: IncomingMessage, limitBytes = 20_000_000): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > limitBytes) reject(new Error(`body over ${limitBytes} bytes`));
      else chunks.push(chunk);
    });
    request.on('end', () =>
      resolve(chunks.length === 1 ? String(chunks[0]) : Buffer.concat(chunks).toString()),
    );
    request.on('error', reject);
    request.on('close', () => reject(new Error('connection closed before the body was complete')));
  });
}
