/**
 * For tests of the door out (promise P17): servers on several addresses of this machine under one port, of which some
 * stand for the world outside and one for the net inside; and a look at every address that a socket tries.
 */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { answerOk } from '../../src/outbound/testing/receiver.ts';

export interface Listeners {
  port: number;
  /** Connections to this address so far. */
  connections(host: string): number;
  /** Whether this machine has the address; it may lack IPv6. */
  has(host: string): boolean;
}

/** Answers a request, on whatever address it came; an empty JSON object unless told otherwise. */
type Script = (socket: Socket) => void;

const mostPorts = 20;

/** Listens until the test ends. The first address must be there; of the others those that this machine has are used. */
export async function listenOn(
  hosts: readonly [string, ...string[]],
  script: Script = (socket) => answerOk(socket, 1),
): Promise<Listeners> {
  const counts = new Map<string, number>();
  const servers: Server[] = [];
  const sockets = new Set<Socket>();
  const listen = async (host: string, port: number) => {
    const server = createServer((socket) => {
      counts.set(host, (counts.get(host) ?? 0) + 1);
      sockets.add(socket);
      socket.on('error', () => undefined).on('data', () => script(socket));
    });
    server.listen({ host, port, ipv6Only: true });
    await once(server, 'listening');
    servers.push(server);
    counts.set(host, 0);
    return (server.address() as AddressInfo).port;
  };
  const close = () => {
    for (const socket of sockets) socket.destroy();
    for (const server of servers.splice(0)) server.close();
  };
  onTestFinished(close);
  for (let tried = 1; ; tried += 1) {
    const port = await listen(hosts[0], 0);
    const failures = await Promise.all(hosts.slice(1).map((host) => listen(host, port).then(noCode, codeOf)));
    if (tried === mostPorts || !failures.includes('EADDRINUSE'))
      return { port, connections: (host) => counts.get(host) ?? 0, has: (host) => counts.has(host) };
    close();
    counts.clear();
  }
}

const noCode = () => '';
const codeOf = (error: NodeJS.ErrnoException) => error.code;

/** Every address that a socket of this process has tried to connect to since, until the test ends, such as `10.0.0.1`. */
export function watchAttempts(): string[] {
  const tried: string[] = [];
  const { connect } = Socket.prototype;
  Socket.prototype.connect = function (this: Socket, ...args: unknown[]) {
    this.on('connectionAttempt', (address) => tried.push(address));
    return Reflect.apply(connect, this, args);
  } as typeof connect;
  onTestFinished(() => {
    Socket.prototype.connect = connect;
  });
  return tried;
}
