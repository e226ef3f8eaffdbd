import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { run } from './index.ts';

let server: Server | undefined;
afterEach(() => server?.close());

const budget = {
  quota: 10_000,
  windowMs: 3_600_000,
  used: 12,
  allowed: 4_000,
  others: 6_000,
  isSpread: false,
};

/** Runs the command against a Herald that answers with this connection; `asked` is what it was asked. */
async function runBudget(answer: object, ...args: string[]) {
  const asked: { method: string; path: string; body: unknown }[] = [];
  server = createServer(async (request, response) => {
    let text = '';
    for await (const piece of request) text += piece;
    const { method = '', url: path = '' } = request;
    asked.push({ method, path, body: text === '' ? undefined : JSON.parse(text) });
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ name: 'Our PSA', budgetShare: 0.5, budget, waiting: null, ...answer }));
  });
  await new Promise<void>((listening) => server?.listen(0, '127.0.0.1', listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const out: string[] = [];
  const err: string[] = [];
  const code = await run(['connections', 'budget', 'c1', ...args, '--url', url, '--key', 'k'], {
    env: {},
    out: (line) => out.push(line),
    err: (line) => err.push(line),
  });
  return { code, out, err, asked };
}

describe('connections budget', () => {
  it('shows who uses how much, and why nothing is called', async () => {
    const { out, asked } = await runBudget({ waiting: { words: 'Autotask has asked for fewer calls.' } });
    expect(asked).toEqual([{ method: 'GET', path: '/api/v1/psa/connections/c1', body: undefined }]);
    expect(out).toEqual([
      'Our PSA may use 50 % of the calls that its PSA allows.',
      'Used in the last 60 minutes: 12 of 4000; the PSA allows 10000 to all tools together.',
      'Used by other tools: 6000.',
      'Autotask has asked for fewer calls.',
    ]);
  });

  it.each([
    [{ budget: null }, 'No call has been made for it yet.'],
    [{ budget: { ...budget, others: null } }, 'What other tools use, the PSA does not tell.'],
    [
      { budget: { ...budget, isSpread: true } },
      'Little is left: calls are spread out, critical alerts first.',
    ],
  ])('says so when %j', async (answer, line) => {
    expect((await runBudget(answer)).out.at(-1)).toBe(line);
  });

  it.each(['80', '80%'])('sets the share: %s', async (share) => {
    const { asked, out } = await runBudget({ budgetShare: 0.8 }, '--share', share);
    expect(asked).toEqual([
      { method: 'PATCH', path: '/api/v1/psa/connections/c1', body: { budgetShare: 0.8 } },
    ]);
    expect(out[0]).toBe('Our PSA may use 80 % of the calls that its PSA allows.');
  });

  it.each(['4', '101', '0.5', 'half'])('asks nothing for a share of %s', async (share) => {
    const { code, asked } = await runBudget({}, '--share', share);
    expect([code, asked]).toEqual([expect.any(Number), []]);
    expect(code).not.toBe(0);
  });
});
