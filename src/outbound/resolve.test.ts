import { describe, expect, it } from 'vitest';
import { type Allow, parseAllow } from './addresses.ts';
import { resolveAllowed } from './resolve.ts';
import { openDoor, receive } from './testing/door.ts';
import type { Reply } from './types.ts';

function allowOf(...entries: string[]): Allow {
  const parsed = parseAllow(entries);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.allow;
}

const answers = (...addresses: string[]) => ({ resolve: async () => addresses });

describe('resolving a host', () => {
  it('keeps the public addresses of a mixed answer', async () => {
    const mixed = answers('127.0.0.1', '8.8.8.8', '10.0.0.1', '::ffff:127.0.0.1', '2606:4700::1');
    expect(await resolveAllowed('psa.test', allowOf(), mixed)).toEqual({
      ok: true,
      addresses: ['8.8.8.8', '2606:4700::1'],
    });
  });

  it('refuses a host that has only addresses inside', async () => {
    const resolution = await resolveAllowed(
      'psa.test',
      allowOf(),
      answers('127.0.0.1', '::1', '169.254.169.254'),
    );
    expect(resolution).toMatchObject({ ok: false, reason: 'address' });
  });

  it('gives an allowed host its private addresses, never those of metadata services', async () => {
    const resolution = await resolveAllowed(
      'psa.lan',
      allowOf('psa.lan'),
      answers('10.0.0.1', '169.254.169.254'),
    );
    expect(resolution).toEqual({ ok: true, addresses: ['10.0.0.1'] });
  });

  it('reports a name without addresses and a resolver that fails', async () => {
    const failing = { resolve: () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' })) };
    expect(await resolveAllowed('psa.test', allowOf(), answers())).toMatchObject({
      ok: false,
      reason: 'dns',
    });
    expect(await resolveAllowed('psa.test', allowOf(), failing)).toEqual({
      ok: false,
      reason: 'dns',
      detail: 'psa.test could not be resolved (ENOTFOUND).',
    });
  });

  it('asks the system, and judges an address without asking', async () => {
    expect(await resolveAllowed('localhost', allowOf('localhost'))).toMatchObject({ ok: true });
    expect(await resolveAllowed('localhost', allowOf())).toMatchObject({ ok: false, reason: 'address' });
    expect(await resolveAllowed('8.8.8.8', allowOf(), answers())).toEqual({
      ok: true,
      addresses: ['8.8.8.8'],
    });
  });
});

describe('a name that changes its address', () => {
  it('never leads inside, however often it is tried', async () => {
    const inside = await receive();
    let asked = 0;
    const turns = [['::1'], ['127.0.0.1'], ['::1', '127.0.0.1'], ['127.0.0.1', '::1'], ['::ffff:127.0.0.1']];
    const door = openDoor({ allow: ['::1'], resolve: async () => turns[asked++ % turns.length]! });
    const replies: Reply[] = [];
    for (let n = 0; n < 200; n++) {
      replies.push(await door.call({ method: 'GET', url: `http://rebind.test:${inside.port}/` }));
    }
    expect(asked).toBe(200);
    expect(inside.connections()).toBe(0);
    expect(new Set(replies.map((reply) => reply.kind))).toEqual(new Set(['notSent']));
    expect(replies.filter((reply) => reply.kind === 'notSent' && reply.reason === 'address')).toHaveLength(
      80,
    );
  });

  it('reaches the canary of the test above when its address is allowed', async () => {
    const inside = await receive();
    const door = openDoor({ allow: ['127.0.0.0/8'], resolve: async () => ['10.0.0.1', '127.0.0.1'] });
    const reply = await door.call({ method: 'GET', url: `http://rebind.test:${inside.port}/` });
    expect(reply.kind).toBe('answered');
    expect(inside.connections()).toBe(1);
  });

  it('leads nowhere over https either', async () => {
    const door = openDoor({ allow: [], resolve: async () => ['127.0.0.1', '::1', '169.254.169.254'] });
    const reply = await door.call({ method: 'GET', url: 'https://rebind.test/' });
    expect(reply).toMatchObject({ kind: 'notSent', reason: 'address' });
  });

  it('stays refused for a metadata address behind an allowed name', async () => {
    const door = openDoor({ allow: ['psa.lan'], resolve: async () => ['169.254.169.254'] });
    const reply = await door.call({ method: 'GET', url: 'http://psa.lan/' });
    expect(reply).toMatchObject({ kind: 'notSent', reason: 'address' });
  });
});
