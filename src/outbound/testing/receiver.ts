import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';

/** A server of the tests that shows exactly what arrived; it answers only what its script says. */
export type Receiver = {
  port: number;
  /** Everything that arrived on any connection, in order. */
  received: () => string;
  /** Requests, counted by their first line. */
  requests: () => number;
  connections: () => number;
  /** Open sockets, the newest last. */
  sockets: Socket[];
  close: () => Promise<void>;
};

/** Called for each piece of data; `request` counts from 1 over all connections. */
type Script = (socket: Socket, request: number) => void;

export const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}';

/** Answers every request with an empty JSON object. */
export const answerOk: Script = (socket) => socket.write(OK);

/** A plain TCP server on 127.0.0.1. */
export function startReceiver(script: Script = answerOk): Promise<Receiver> {
  return start(createServer({ allowHalfOpen: false }), 'connection', script);
}

/** The same behind TLS. */
export function startTlsReceiver(options: TlsOptions, script: Script = answerOk): Promise<Receiver> {
  return start(createTlsServer(options), 'secureConnection', script);
}

async function start(server: Server, event: string, script: Script): Promise<Receiver> {
  const sockets: Socket[] = [];
  let text = '';
  let connections = 0;
  const requests = () => text.match(/ HTTP\/1\.1\r\n/g)?.length ?? 0;
  server.on('connection', (socket: Socket) => {
    connections++;
    sockets.push(socket);
    socket.on('error', () => {});
  });
  server.on(event, (socket: Socket) => {
    socket.on('error', () => {});
    socket.on('data', (data) => {
      text += data.toString('latin1');
      script(socket, requests());
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    received: () => text,
    requests,
    connections: () => connections,
    sockets,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
