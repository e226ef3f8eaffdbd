/** Requests as bytes on a socket: what a client library would tidy up leaves as the test wrote it. */
import { connect } from 'node:net';

export interface Answer {
  status: number;
  /** By lower-case name. */
  headers: Record<string, string>;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: answers of many shapes
  body: any;
}

export interface RawRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  /** Content-Length is added unless a header says how long it is. */
  body?: string | Buffer;
}

/** One request on a connection of its own, read until the server closes it. */
export function sendRaw(port: number, { method, path, headers, body }: RawRequest): Promise<Answer> {
  const bytes = Buffer.from(body ?? '');
  const names = Object.keys(headers).map((name) => name.toLowerCase());
  const isMeasured = names.includes('content-length') || names.includes('transfer-encoding');
  const length = body === undefined || isMeasured ? [] : [`content-length: ${bytes.length}`];
  const head = [
    `${method} ${path} HTTP/1.1`,
    'host: herald.test',
    'connection: close',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...length,
  ];
  return sendBytes(port, [Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), bytes]);
}

/** Writes the pieces in order and answers the first response that came back. Rejects when none did. */
export function sendBytes(port: number, pieces: readonly Buffer[]): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const received: Buffer[] = [];
    const socket = connect(port, '127.0.0.1');
    socket.setTimeout(20_000, () => socket.destroy(new Error('no answer')));
    socket.on('data', (chunk) => {
      received.push(chunk);
      // A server that refuses early may keep the connection until the announced body has come: it never does.
      if (isWhole(Buffer.concat(received))) socket.destroy();
    });
    let failure: Error | undefined;
    // A refusal may come while we still write: the answer counts, not the broken pipe.
    socket.on('error', (error) => {
      failure = error;
    });
    socket.on('close', () => {
      const all = Buffer.concat(received);
      if (all.length === 0) reject(failure ?? new Error('closed without an answer'));
      else resolve(readAnswer(all));
    });
    for (const piece of pieces) socket.write(piece);
  });
}

function isWhole(bytes: Buffer): boolean {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const length = /\r\ncontent-length: *(\d+)/i.exec(bytes.subarray(0, end).toString('latin1'))?.[1];
  return length !== undefined && bytes.length >= end + 4 + Number(length);
}

function readAnswer(bytes: Buffer): Answer {
  const end = bytes.indexOf('\r\n\r\n');
  const [first = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const text = bytes.subarray(end + 4).toString('utf8');
  return { status: Number(first.split(' ')[1]), headers, text, body: readJson(text) };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
