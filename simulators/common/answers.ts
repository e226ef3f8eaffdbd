import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { Fault } from './faults.ts';
import type { Timers } from './timers.ts';

/** An answer that is ready to be sent. */
export type Answer = {
  status: number;
  body: string;
  contentType: string;
  headers?: Record<string, string>;
};

const jsonType = 'application/json; charset=utf-8';

export function jsonAnswer(status: number, value: unknown): Answer {
  return { status, body: JSON.stringify(value), contentType: jsonType };
}

export function sendAnswer(response: ServerResponse, answer: Answer): void {
  if (response.destroyed) return;
  const body = Buffer.from(answer.body);
  response.writeHead(answer.status, {
    ...answer.headers,
    ...(answer.body === '' && answer.contentType === '' ? {} : { 'content-type': answer.contentType }),
    'content-length': body.length,
  });
  response.end(body);
}

/** Sends the answer as the fault has it. The right answer is given so that a fault can spoil it. */
export function sendFaulty(
  response: ServerResponse,
  fault: Fault,
  right: Answer,
  idName: string,
  timers: Timers,
): void {
  const { answer } = fault;
  // A hang is the absence of everything: the connection stays open until the client gives up.
  if (answer === 'hang') return;
  if (answer === 'reset') response.socket?.resetAndDestroy();
  else if (answer === 'truncate') sendTruncated(response, right, fault.withLength);
  else if (answer === 'drip') sendDripping(response, right, fault.everyMs, timers);
  else if (answer === 'flood') sendFlood(response, fault);
  else sendAnswer(response, spoiled(right, fault, idName));
}

function spoiled(right: Answer, fault: Fault, idName: string): Answer {
  if (fault.answer === 'status') return statusAnswer(fault);
  if (fault.answer === 'noId') return { ...right, status: 200, body: idBody(fault.form, idName) };
  if (fault.answer === 'rewrite') return rewritten(right, fault);
  if (fault.answer === 'bigHeader') return { ...right, headers: { 'x-padding': 'x'.repeat(fault.bytes) } };
  return right;
}

function statusAnswer(fault: Fault): Answer {
  return { status: fault.status, body: fault.body, contentType: fault.contentType, headers: fault.headers };
}

/** A success that does not carry a usable id; `idName` is the member where the vendor has it. */
function idBody(form: Fault['form'], idName: string): string {
  const ids = { null: 'null', text: '"eighty-eight"', zero: '0', unsafe: '9007199254740993' };
  const bodies = { missing: '{}', emptyBody: '', nullBody: 'null', array: '[]' };
  return form in bodies
    ? bodies[form as keyof typeof bodies]
    : `{"${idName}":${ids[form as keyof typeof ids]}}`;
}

function sendTruncated(response: ServerResponse, right: Answer, withLength: boolean): void {
  const body = Buffer.from(right.body);
  const half = body.subarray(0, Math.floor(body.length / 2));
  response.writeHead(right.status, {
    'content-type': right.contentType,
    'content-length': withLength ? body.length : half.length,
  });
  if (!withLength) response.end(half);
  else response.write(half, () => response.destroy());
}

function sendDripping(response: ServerResponse, right: Answer, everyMs: number, timers: Timers): void {
  const body = Buffer.from(right.body);
  response.writeHead(right.status, { 'content-type': right.contentType, 'content-length': body.length });
  response.flushHeaders();
  let at = 0;
  const drop = (): void => {
    if (response.destroyed) return;
    response.write(body.subarray(at, at + 1));
    at += 1;
    if (at >= body.length) response.end();
    else timers.later(everyMs, drop);
  };
  timers.later(everyMs, drop);
}

function sendFlood(response: ServerResponse, fault: Fault): void {
  const piece = Buffer.alloc(Math.min(fault.bytes, 1_000_000), 0x20);
  const pieces = Math.ceil(fault.bytes / Math.max(piece.length, 1));
  if (fault.gzip) {
    // Members of a gzip stream may follow each other, so one compressed piece can be sent many times.
    const member = gzipSync(piece);
    response.writeHead(200, { 'content-type': jsonType, 'content-encoding': 'gzip' });
    response.end(Buffer.concat(Array.from({ length: pieces }, () => member)));
    return;
  }
  response.writeHead(200, { 'content-type': jsonType });
  let sent = 0;
  const more = (): void => {
    while (sent < pieces && !response.destroyed) {
      sent += 1;
      if (response.write(piece)) continue;
      response.once('drain', more);
      return;
    }
    response.end();
  };
  more();
}

function rewritten(right: Answer, fault: Fault): Answer {
  if (right.body === '') return right;
  return { ...right, body: JSON.stringify(rewriteValue(JSON.parse(right.body), fault)) };
}

function rewriteValue(value: unknown, fault: Fault): unknown {
  if (Array.isArray(value)) return value.map((one) => rewriteValue(one, fault));
  if (typeof value !== 'object' || value === null) return value;
  const members: [string, unknown][] = [];
  for (const [key, member] of Object.entries(value)) {
    if (fault.drop.includes(key)) continue;
    const changed = fault.retype.includes(key) ? retyped(member) : rewriteValue(member, fault);
    members.push([fault.rename[key] ?? key, changed]);
  }
  return Object.fromEntries(members);
}

function retyped(value: unknown): unknown {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value.length : value;
}
