import { describe, expect, it } from 'vitest';
import { type Allow, parseAllow } from './addresses.ts';
import { resolveAllowed } from './resolve.ts';
import { openDoor } from './testing/door.ts';

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

describe('a name with addresses inside', () => {
  it('leads nowhere over https', async () => {
    const door = openDoor({ allow: [], resolve: async () => ['127.0.0.1', '::1', '169.254.169.254'] });
    const reply = await door.call({ method: 'GET', url: 'https://rebind.test/' });
    expect(reply).toMatchObject({ kind: 'notSent', reason: 'address' });
  });
});
