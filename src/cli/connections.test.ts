import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { run } from './index.ts';

let server: Server | undefined;
afterEach(() => server?.close());

const question = 'The pause holds 3 deliveries. Say whether to leave them unsent or to deliver them.';

/** A Herald with one paused connection that holds alerts; answers the bodies that it was sent. */
async function pausedHerald(): Promise<{ url: string; bodies: unknown[] }> {
  const bodies: unknown[] = [];
  server = createServer(async (request, response) => {
    let text = '';
    for await (const piece of request) text += piece;
    const body = JSON.parse(text) as { held?: string };
    bodies.push({ path: request.url, ...body });
    const isAsked = request.url?.endsWith('/resume') && body.held === undefined;
    const answer = isAsked
      ? { code: 'heldDeliveries', detail: question, errors: [{ field: 'held', message: question }] }
      : { name: 'Our PSA', counts: { waiting: body.held === 'deliver' ? 3 : 0, held: 0, failed: 0 } };
    response.writeHead(isAsked ? 409 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer));
  });
  await new Promise<void>((listening) => server?.listen(0, '127.0.0.1', listening));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bodies };
}

/** Runs the command; `answers` are what a person types, none = there is no terminal. */
async function runCommand(url: string, args: string[], answers?: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await run([...args, '--url', url, '--key', 'k'], {
    env: {},
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    ask: answers && (async () => answers.shift() ?? ''),
  });
  return { code, out, err };
}

const path = '/api/v1/psa/connections/c1';

describe('resuming a connection that holds alerts (decision 5)', () => {
  it.each(['deliver', 'leave'])('asks at a terminal, and does what is answered: %s', async (answer) => {
    const { url, bodies } = await pausedHerald();
    const { code, out, err } = await runCommand(url, ['connections', 'resume', 'c1'], ['perhaps', answer]);
    expect(code).toBeUndefined();
    expect(err).toEqual([question, 'Answer with "deliver" or "leave"; an empty answer changes nothing.']);
    expect(bodies).toEqual([{ path: `${path}/resume` }, { path: `${path}/resume`, held: answer }]);
    expect(out).toEqual([expect.stringMatching(/^Our PSA is active; [03] deliveries are waiting\.$/)]);
  });

  it('changes nothing without an answer', async () => {
    const { url, bodies } = await pausedHerald();
    const { code, err } = await runCommand(url, ['connections', 'resume', 'c1'], ['']);
    expect([code, err.at(-1)]).toEqual([1, 'Nothing was changed: the connection is still paused.']);
    expect(bodies).toHaveLength(1);
  });

  it('is refused in a script that does not say what to do', async () => {
    const { url, bodies } = await pausedHerald();
    const { code, err } = await runCommand(url, ['connections', 'resume', 'c1']);
    expect([code, err]).toEqual([1, [`${question} Give --held deliver or --held leave.`]]);
    expect(bodies).toHaveLength(1);
  });

  it('asks nothing when the option says it', async () => {
    const { url, bodies } = await pausedHerald();
    const { code } = await runCommand(url, ['connections', 'resume', 'c1', '--held', 'leave']);
    expect(code).toBeUndefined();
    expect(bodies).toEqual([{ path: `${path}/resume`, held: 'leave' }]);
  });
});

it('a pause carries its reason', async () => {
  const { url, bodies } = await pausedHerald();
  const { out } = await runCommand(url, ['connections', 'pause', 'c1', '--reason', 'Maintenance']);
  expect(bodies).toEqual([{ path: `${path}/pause`, reason: 'Maintenance' }]);
  expect(out).toEqual(['Our PSA is paused: alerts are held until it is resumed.']);
});
