import { describe, expect, it } from 'vitest';
import type { Client } from '../cli/client.ts';
import { type DeliveryAnswer, follow } from './follow.ts';

const ticket = { id: '1', number: 'T1', link: null };
const done = { revision: 1, state: 'delivered', ticket } as DeliveryAnswer;
const unnumbered = { ...done, ticket: { ...ticket, number: null } };
const pending = { revision: 1, state: 'pending', ticket: null } as DeliveryAnswer;

/** Answers with these deliveries at one look after another; the last one stays. */
function showing(...looks: (DeliveryAnswer[] | 404 | 503)[]) {
  let count = 0;
  const client = {
    send: async () => {
      const deliveries = looks[Math.min(count++, looks.length - 1)];
      return Array.isArray(deliveries)
        ? { status: 200, body: { revision: 1, deliveries } }
        : { status: deliveries };
    },
  } as unknown as Client;
  return { client, looks: () => count };
}

const options = { deadlineMs: 60_000, abort: new AbortController().signal };

describe('following an alert', () => {
  it('goes on until the ticket has its number', async () => {
    const { client, looks } = showing([pending], [unnumbered], [done]);
    expect((await follow(client, '1', options))?.deliveries).toEqual([done]);
    expect(looks()).toBe(3);
  });

  it('does not wait for mail, which may go out with others a minute later', async () => {
    const mail = { ...pending, address: 'soc@msp.example' };
    const { client, looks } = showing([done, mail]);
    expect((await follow(client, '1', options))?.deliveries).toEqual([done, mail]);
    expect(looks()).toBe(1);
  });

  it('ends at the deadline with what there is', async () => {
    const { client } = showing([unnumbered]);
    expect((await follow(client, '1', { ...options, deadlineMs: 0 }))?.deliveries).toEqual([unnumbered]);
  });

  it('ends at once when the demo does', async () => {
    const stop = new AbortController();
    const { client } = showing([pending]);
    const following = follow(client, '1', { ...options, abort: stop.signal });
    stop.abort();
    expect((await following)?.deliveries).toEqual([pending]);
  });

  it.each(['held', 'failed', 'skipped'] as const)(
    '%s is an end: nothing happens by itself',
    async (state) => {
      const { client, looks } = showing([{ ...pending, state }]);
      await follow(client, '1', options);
      expect(looks()).toBe(1);
    },
  );

  it('looks at the deliveries of one revision', async () => {
    const { client } = showing([done, { ...pending, revision: 2 }]);
    expect((await follow(client, '1', { ...options, revision: 1 }))?.deliveries).toEqual([done]);
  });

  it('asks again when the API cannot answer, also after the deadline', async () => {
    const { client, looks } = showing(503, 503, [done]);
    expect((await follow(client, '1', { ...options, deadlineMs: 0 }))?.deliveries).toEqual([done]);
    expect(looks()).toBe(3);
  });

  it('has nothing to show of an alert that the API does not know', async () => {
    expect(await follow(showing(404).client, '1', options)).toBeUndefined();
  });
});
