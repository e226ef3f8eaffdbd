/** TLS to a PostgreSQL that is not ours, as `DATABASE_URL` says (ASVS 12.3.1): a server that cannot be trusted hears nothing. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openDatabase } from './database.ts';

const fixtures = new URL('../outbound/fixtures/', import.meta.url);
const read = (name: string) => readFileSync(new URL(`${name}.pem`, fixtures), 'utf8');
const authority = fileURLToPath(new URL('authority.pem', fixtures));

/** Takes the client's wish for TLS and does, or says that it has none; what it hears after that is kept. */
async function startServer(cert: string | undefined): Promise<{ port: number; heard: () => string }> {
  let heard = '';
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.write(cert === undefined ? 'N' : 'S');
      const speaks =
        cert === undefined
          ? socket
          : new TLSSocket(socket, { isServer: true, cert: read(cert), key: read('key') });
      speaks.on('error', () => undefined);
      speaks.on('data', (chunk) => {
        heard += chunk.toString('latin1');
        socket.destroy();
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, heard: () => heard };
}

async function ask(port: number, query: string): Promise<void> {
  const db = openDatabase({ url: `postgres://user:secret@127.0.0.1:${port}/herald?${query}`, poolSize: 1 });
  onTestFinished(() => db.close());
  await expect(db.unfenced((tx) => tx.query('select 1'))).rejects.toThrow();
}

describe('a database behind sslmode=verify-full', () => {
  it('is spoken to when its certificate is for its name', async () => {
    const { port, heard } = await startServer('good');
    await ask(port, `sslmode=verify-full&sslrootcert=${encodeURIComponent(authority)}`);
    expect(heard()).toContain('user\0user\0');
  });

  it.each(['expired', 'self-signed', 'other-name'])(
    'hears nothing when its certificate is %s',
    async (cert) => {
      const { port, heard } = await startServer(cert);
      await ask(port, `sslmode=verify-full&sslrootcert=${encodeURIComponent(authority)}`);
      expect(heard()).toBe('');
    },
  );

  it('hears nothing when nobody knows who signed its certificate', async () => {
    const { port, heard } = await startServer('good');
    await ask(port, 'sslmode=verify-full');
    expect(heard()).toBe('');
  });

  it('hears nothing when it has no TLS', async () => {
    const { port, heard } = await startServer(undefined);
    await ask(port, 'sslmode=verify-full');
    expect(heard()).toBe('');
  });
});
