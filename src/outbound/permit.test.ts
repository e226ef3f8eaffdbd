import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { gate, openDoor, receive } from './testing/door.ts';
import { OK } from './testing/receiver.ts';
import type { Reply } from './types.ts';

const post = { method: 'POST', body: '{"title":"x"}' } as const;

describe('the send permit', () => {
  it('lets nothing out when it is refused', async () => {
    const receiver = await receive();
    const reply = await openDoor().call({ ...post, url: receiver.url, mayWrite: () => false });
    expect(reply).toMatchObject({ kind: 'notSent', reason: 'permit' });
    expect(receiver.received()).toBe('');
  });

  it('is asked once, and lets the request out', async () => {
    const receiver = await receive();
    let asked = 0;
    const reply = await openDoor().call({ ...post, url: receiver.url, mayWrite: () => ++asked > 0 });
    expect(reply).toMatchObject({ kind: 'answered', status: 200 });
    expect([asked, receiver.requests()]).toEqual([1, 1]);
  });

  it('is asked in the tick of the write', async () => {
    const receiver = await receive();
    const steps: string[] = [];
    const onHeaders = () => steps.push('headers');
    subscribe('undici:client:sendHeaders', onHeaders);
    onTestFinished(() => void unsubscribe('undici:client:sendHeaders', onHeaders));
    const mayWrite = () => {
      queueMicrotask(() => steps.push('later'));
      return steps.push('permit') > 0;
    };
    await openDoor().call({ ...post, url: receiver.url, mayWrite });
    expect(steps).toEqual(['permit', 'headers', 'later']);
  });

  it('that expires while the name is resolved lets nothing out', async () => {
    const receiver = await receive();
    const dns = gate<string[]>();
    let hasPermit = true;
    const door = openDoor({ allow: ['psa.lan'], resolve: () => dns.promise });
    const url = `http://psa.lan:${receiver.port}/`;
    const call = door.call({ ...post, url, mayWrite: () => hasPermit });
    hasPermit = false;
    dns.open(['127.0.0.1']);
    expect(await call).toMatchObject({ kind: 'notSent', reason: 'permit' });
    expect(receiver.received()).toBe('');
  });

  it('that expires while all connections are busy lets nothing out, and the connection stays usable', async () => {
    const arrived = gate<() => void>();
    const receiver = await receive((socket, request) => {
      if (request === 1) arrived.open(() => socket.write(OK));
      else socket.write(OK);
    });
    const door = openDoor({ limits: { connectionsPerOrigin: 1 } });
    let hasPermit = true;
    const first = door.call({ ...post, url: receiver.url });
    const second = door.call({ ...post, url: `${receiver.url}/second`, mayWrite: () => hasPermit });
    const third = door.call({ ...post, url: `${receiver.url}/third` });
    const answerFirst = await arrived.promise;
    hasPermit = false;
    answerFirst();
    expect((await first).kind).toBe('answered');
    expect(await second).toMatchObject({ kind: 'notSent', reason: 'permit' });
    expect((await third).kind).toBe('answered');
    expect(receiver.received()).not.toContain('/second');
    expect([receiver.requests(), receiver.connections()]).toEqual([2, 1]);
  });

  it('that throws makes the call throw, and lets nothing out', async () => {
    const receiver = await receive();
    const mayWrite = () => {
      throw new Error('clock is broken');
    };
    await expect(openDoor().call({ ...post, url: receiver.url, mayWrite })).rejects.toThrow(
      'clock is broken',
    );
    expect(receiver.received()).toBe('');
  });
});

describe('a call that is given up before it was sent', () => {
  it('sends nothing when the connection is made later', async () => {
    const receiver = await receive();
    const dns = gate<string[]>();
    const door = openDoor({ allow: ['psa.lan'], resolve: () => dns.promise });
    const url = `http://psa.lan:${receiver.port}/`;
    let asked = 0;
    const late = await door.call({ ...post, url, deadlineMs: 20, mayWrite: () => ++asked > 0 });
    const next = door.call({ ...post, url: `${url}next` });
    dns.open(['127.0.0.1']);
    expect(late).toMatchObject({ kind: 'notSent', reason: 'connect' });
    expect((await next).kind).toBe('answered');
    expect([asked, receiver.requests()]).toEqual([0, 1]);
    expect(receiver.received()).toContain('/next');
  });

  it('is aborted by its signal, before and while it waits', async () => {
    const receiver = await receive();
    const door = openDoor({ allow: ['psa.lan'], resolve: () => new Promise(() => {}) });
    const url = `http://psa.lan:${receiver.port}/`;
    const controller = new AbortController();
    const call = door.call({ ...post, url, signal: controller.signal });
    controller.abort();
    expect(await call).toMatchObject({ kind: 'notSent', reason: 'aborted' });
    expect(await door.call({ ...post, url, signal: AbortSignal.abort() })).toMatchObject({
      reason: 'aborted',
    });
    expect(receiver.connections()).toBe(0);
  });
});

describe('a kept connection', () => {
  it('that the server closed while idle is replaced, and each request is sent once', async () => {
    const receiver = await receive();
    const door = openDoor();
    expect((await door.call({ ...post, url: receiver.url })).kind).toBe('answered');
    receiver.sockets[0]!.end();
    await once(receiver.sockets[0]!, 'close');
    expect((await door.call({ ...post, url: receiver.url })).kind).toBe('answered');
    expect([receiver.requests(), receiver.connections()]).toEqual([2, 2]);
  });

  it('that was reset while idle is replaced, and each request is sent once', async () => {
    const receiver = await receive();
    const door = openDoor();
    await door.call({ ...post, url: receiver.url });
    receiver.sockets[0]!.resetAndDestroy();
    const replies: Reply[] = [];
    for (let n = 0; n < 3; n++) replies.push(await door.call({ ...post, url: receiver.url }));
    const answered = replies.filter(({ kind }) => kind === 'answered').length;
    expect(replies.every(({ kind }) => kind !== 'unknown')).toBe(true);
    expect(receiver.requests()).toBe(1 + answered);
  });

  it.each(['GET', 'POST', 'PUT', 'DELETE'] as const)(
    'that dies under a %s leaves it unknown and unrepeated',
    async (method) => {
      const receiver = await receive((socket, request) => {
        if (request === 1) socket.write(OK);
        else socket.resetAndDestroy();
      });
      const door = openDoor();
      await door.call({ method, url: receiver.url });
      const reply = await door.call({ method, url: receiver.url });
      expect(reply).toMatchObject({ kind: 'unknown', reason: 'reset' });
      expect(receiver.requests()).toBe(2);
    },
  );
});
