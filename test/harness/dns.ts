/** A DNS server for tests that answers what its script says, each record to be forgotten at once (TTL 0). */
import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import ipaddr from 'ipaddr.js';
import { onTestFinished } from 'vitest';
import type { Resolve } from '../../src/outbound/index.ts';

export interface DnsRecord {
  name: string;
  type: 'A' | 'AAAA' | 'CNAME';
  /** An address, or the name that a CNAME leads to. */
  data: string;
}

const types = { A: 1, CNAME: 5, AAAA: 28 };
const headerBytes = 12;
const answerFlags = 0x8580;

/** Asks the server as the system would: all addresses of both kinds. It runs until the test ends. */
export async function startDns(answer: (name: string, type: 'A' | 'AAAA') => DnsRecord[]): Promise<Resolve> {
  const socket = createSocket('udp4');
  socket.on('message', (message, { address, port }) => {
    const { name, type, end } = questionIn(message);
    const records = type === types.A ? answer(name, 'A') : type === types.AAAA ? answer(name, 'AAAA') : [];
    const header = Buffer.from(message.subarray(0, headerBytes));
    header.writeUInt16BE(answerFlags, 2);
    header.writeUInt16BE(records.length, 6);
    header.writeUInt32BE(0, 8);
    socket.send(
      Buffer.concat([header, message.subarray(headerBytes, end), ...records.map(encode)]),
      port,
      address,
    );
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const resolver = new Resolver();
  resolver.setServers([`127.0.0.1:${socket.address().port}`]);
  onTestFinished(() => {
    resolver.cancel();
    socket.close();
  });
  return async (host) => {
    const asked = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
    const found = asked.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
    if (found.length === 0) throw Object.assign(new Error(`no address of ${host}`), { code: 'ENOTFOUND' });
    return found;
  };
}

function questionIn(message: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = headerBytes;
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    labels.push(message.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), type: message.readUInt16BE(at + 1), end: at + 5 };
}

function encode({ name, type, data }: DnsRecord): Buffer {
  const content = type === 'CNAME' ? nameBytes(data) : Buffer.from(ipaddr.parse(data).toByteArray());
  const head = Buffer.alloc(10);
  head.writeUInt16BE(types[type], 0);
  head.writeUInt16BE(1, 2);
  head.writeUInt16BE(content.length, 8);
  return Buffer.concat([nameBytes(name), head, content]);
}

const nameBytes = (name: string): Buffer =>
  Buffer.concat([
    ...name.split('.').map((label) => Buffer.from([label.length, ...Buffer.from(label)])),
    Buffer.alloc(1),
  ]);
