/**
 * The barest mail server: takes whatever comes over any number of connections, counts it, and keeps nothing. A process of
 * its own: `node bench/mailSink.ts`; prints the address of its counts, which name the port for mail.
 */
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';

export interface SinkCounts {
  port: number;
  mails: number;
  bytes: number;
  connections: number;
}

const counts: SinkCounts = { port: 0, mails: 0, bytes: 0, connections: 0 };
const greeting = '250-sink.example\r\n250-PIPELINING\r\n250 SIZE 50000000\r\n';
const end = Buffer.from('\r\n.\r\n');

function serve(socket: Socket): void {
  counts.connections += 1;
  let rest: Buffer = Buffer.alloc(0);
  let isData = false;
  socket.setNoDelay(true);
  socket.on('error', () => undefined);
  socket.write('220 sink.example ESMTP\r\n');
  socket.on('data', (chunk: Buffer) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let answer = '';
    for (;;) {
      const mark = isData ? rest.indexOf(end) : rest.indexOf('\r\n');
      if (mark < 0) break;
      if (isData) {
        counts.mails += 1;
        counts.bytes += mark;
        answer += '250 2.0.0 taken\r\n';
      } else answer += answerTo(rest.toString('latin1', 0, Math.min(mark, 4)).toUpperCase());
      rest = rest.subarray(mark + (isData ? end.length : 2));
      isData = !isData && answer.endsWith('354 go ahead\r\n');
    }
    if (answer !== '') socket.write(answer);
    if (answer.endsWith('221 bye\r\n')) socket.end();
  });
}

function answerTo(verb: string): string {
  if (verb === 'EHLO') return greeting;
  if (verb === 'DATA') return '354 go ahead\r\n';
  return verb === 'QUIT' ? '221 bye\r\n' : '250 2.0.0 ok\r\n';
}

const mail = createServer(serve).listen(0, '127.0.0.1', () => {
  counts.port = (mail.address() as AddressInfo).port;
  const http = createHttpServer((_request, response) => response.end(JSON.stringify(counts)));
  http.listen(0, '127.0.0.1', () =>
    console.log(`mail sink on http://127.0.0.1:${(http.address() as AddressInfo).port}`),
  );
});
process.once('SIGTERM', () => process.exit(0));
