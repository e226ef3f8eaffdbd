import { expect, it } from 'vitest';
import type { Outcome, Permit } from '../psa/contract.ts';
import type { Channel } from './channel.ts';
import type { OpenWrite } from './round.ts';
import { send } from './send.ts';

const write = { content: { kind: 'ticket', draft: {} } } as OpenWrite;
const refused: Outcome = { kind: 'refused', reason: 'network', text: 'could not be reached' };

const channelThat = (createTicket: (draft: unknown, permit: Permit) => Promise<Outcome>) =>
  ({ session: { createTicket } }) as unknown as Channel;

/** Good for as many questions as given. */
function permitFor(questions: number): Permit {
  let left = questions;
  return () => left-- > 0;
}

it('without a permit nothing is called', async () => {
  const channel = channelThat(() => Promise.reject(new Error('called')));
  expect(await send(channel, write, permitFor(0))).toMatchObject({
    kind: 'interrupted',
    why: expect.stringMatching(/permit ran out before/),
  });
});

it('a permit that is refused at the moment of writing makes the attempt uncertain', async () => {
  const channel = channelThat(async (_, permit) =>
    permit() ? { kind: 'uncertain', evidence: '?' } : refused,
  );
  expect((await send(channel, write, permitFor(1))).kind).toBe('interrupted');
});

it('a connection that is not made in time proves that nothing was sent, however old the permit is by then', async () => {
  const channel = channelThat(async () => refused);
  expect(await send(channel, write, permitFor(1))).toEqual({ kind: 'answered', outcome: refused });
});
