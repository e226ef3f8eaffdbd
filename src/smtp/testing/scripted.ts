import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer, TLSSocket, type TlsOptions } from 'node:tls';
import { onTestFinished } from 'vitest';

/** Where a script can say something else than a usual server would. */
export type Moment =
  | 'greeting'
  | 'EHLO'
  | 'HELO'
  | 'STARTTLS'
  | 'AUTH'
  | 'MAIL'
  | 'RCPT'
  | 'DATA'
  | 'dot'
  | 'RSET'
  | 'QUIT';

/** One connection as a script sees it. */
export interface Line {
  /** Counts from 1. */
  number: number;
  /** The socket that is spoken on now: after STARTTLS, the one inside TLS. */
  socket: Socket;
}

/** A whole reply without the last CRLF; nothing: silence, or the script has done something itself. */
export type Answer = string | ((line: Line, command: string) => string | undefined);

/** An end without goodbye. */
export const drop: Answer = ({ socket }) => {
  socket.destroy();
  return undefined;
};
/** No answer at all. */
export const silence: Answer = () => undefined;

const usual: Record<Moment, string> = {
  greeting: '220 mail.test ESMTP',
  EHLO: '250-mail.test\r\n250-AUTH PLAIN LOGIN\r\n250 STARTTLS',
  HELO: '250 mail.test',
  STARTTLS: '220 go ahead',
  AUTH: '235 welcome',
  MAIL: '250 ok',
  RCPT: '250 ok',
  DATA: '354 go ahead',
  dot: '250 queued as 1',
  RSET: '250 ok',
  QUIT: '221 bye',
};

/** A mail server that answers what its script says, and keeps exactly what it was told. */
export interface Scripted {
  port: number;
  /** Connections so far. */
  connections(): number;
  /** The most that were open at the same time. */
  mostOpen(): number;
  /** Lines that came outside of messages, without CRLF. */
  commands: string[];
  /** Every byte that came before TLS. */
  clear(): string;
  /** Messages as they came, up to and without the final dot, unstuffed. */
  messages: Buffer[];
  /** Changes what it answers from now on. */
  answers: Partial<Record<Moment, Answer>>;
  /** Ends all connections without goodbye. */
  hangUp(): void;
}

const file = (name: string) =>
  readFileSync(new URL(`../../outbound/fixtures/${name}.pem`, import.meta.url), 'utf8');

/** The authority that signed the certificate of `tlsOptions('good')`, which is for `psa.test` and 127.0.0.1. */
export const authority = file('authority');

/** @param name a file of src/outbound/fixtures */
export const tlsOptions = (name: string): TlsOptions => ({ key: file('key'), cert: file(name) });

/** Listens on 127.0.0.1 until the test ends. */
export async function startScripted(
  answers: Partial<Record<Moment, Answer>> = {},
  { tls, isTlsFromStart = false }: { tls?: TlsOptions; isTlsFromStart?: boolean } = {},
): Promise<Scripted> {
  const sockets = new Set<Socket>();
  /** Without those that have said goodbye. */
  const open = new Set<Socket>();
  let connections = 0;
  let mostOpen = 0;
  let clear = '';
  const scripted: Scripted = {
    port: 0,
    connections: () => connections,
    mostOpen: () => mostOpen,
    commands: [],
    clear: () => clear,
    messages: [],
    answers,
    hangUp() {
      for (const socket of sockets) socket.destroy();
    },
  };

  function serve(socket: Socket, isClear: boolean): void {
    connections += 1;
    sockets.add(socket);
    open.add(socket);
    mostOpen = Math.max(mostOpen, open.size);
    socket
      .on('error', () => undefined)
      .on('close', () => {
        sockets.delete(socket);
        open.delete(socket);
      });
    const line: Line = { number: connections, socket };
    let rest: Buffer = Buffer.alloc(0);
    let isData = false;

    function say(moment: Moment, command = ''): string {
      const answer = scripted.answers[moment] ?? usual[moment];
      const text = typeof answer === 'string' ? answer : answer(line, command);
      if (text !== undefined && line.socket.writable) line.socket.write(`${text}\r\n`);
      return text ?? '';
    }

    function hear(command: string): void {
      scripted.commands.push(command);
      const verb = (/^[A-Za-z]+/.exec(command)?.[0] ?? '').toUpperCase() as Moment;
      if (!(verb in usual)) return;
      const text = say(verb, command);
      if (verb === 'DATA') isData = text.startsWith('3');
      if (verb === 'STARTTLS' && text.startsWith('220') && tls) upgrade();
      if (verb !== 'QUIT') return;
      open.delete(socket);
      line.socket.end();
    }

    function upgrade(): void {
      socket.removeAllListeners('data');
      rest = Buffer.alloc(0);
      line.socket = new TLSSocket(socket, { isServer: true, ...tls });
      line.socket.on('error', () => undefined).on('data', (data) => take(data));
    }

    function take(data: Buffer): void {
      rest = rest.length === 0 ? data : Buffer.concat([rest, data]);
      for (;;) {
        const mark = isData ? finalDot(rest) : rest.indexOf('\r\n');
        if (mark < 0) return;
        const part = rest.subarray(0, mark);
        rest = rest.subarray(mark + (isData ? 3 : 2));
        if (!isData) hear(part.toString());
        else {
          isData = false;
          scripted.messages.push(unstuffed(part));
          say('dot');
        }
      }
    }

    socket.on('data', (data) => {
      if (isClear && line.socket === socket) clear += data.toString('latin1');
      take(data);
    });
    say('greeting');
  }

  const server = isTlsFromStart
    ? createTlsServer(tls ?? {}, (socket) => serve(socket, false)).on('tlsClientError', () => undefined)
    : createServer((socket) => serve(socket, true));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  scripted.port = (server.address() as AddressInfo).port;
  onTestFinished(async () => {
    scripted.hangUp();
    server.close();
    await once(server, 'close');
  });
  return scripted;
}

/** Where the line of the final dot begins. */
function finalDot(data: Buffer): number {
  if (data.subarray(0, 3).equals(Buffer.from('.\r\n'))) return 0;
  const at = data.indexOf('\r\n.\r\n');
  return at < 0 ? -1 : at + 2;
}

function unstuffed(data: Buffer): Buffer {
  const text = data.toString('latin1').replace(/(^|\r\n)\./g, '$1');
  return Buffer.from(text, 'latin1');
}
