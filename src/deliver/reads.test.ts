/** Reads beside the rounds: what is done without when its read never succeeds, and what is waited for. */
import { beforeEach, describe, expect, it } from 'vitest';
import { limits } from '../psa/autotask/limits.ts';
import type { Read, RefusalReason, Session } from '../psa/contract.ts';
import { createSlots } from '../psa/http.ts';
import type { Channel } from './channel.ts';
import { createContactDirectory } from './contacts.ts';
import { createFlow, type Flow } from './flow.ts';
import { createReads, type Reads } from './reads.ts';
import { timingOf } from './timing.ts';

let now: number;
let flow: Flow;
let channel: Channel;
let reads: Reads;
let asked: number;
let underWay: Promise<void>[];

beforeEach(() => {
  now = 1_000_000;
  asked = 0;
  underWay = [];
  const slots = createSlots(2, 6);
  flow = createFlow({ limits, slots, timing: timingOf(limits), asksUsage: false });
  reads = createReads({
    now: () => now,
    begin: (work) => void underWay.push(work()),
    wake: () => undefined,
    wakeAt: () => undefined,
    onRefused: async (_channel, refusal) => flow.answered({ ...refusal, kind: 'refused' }, now, 0.5),
    onUsage: () => undefined,
  });
});

/** All reads of the channel are refused so. */
function refuseAll(reason: RefusalReason): void {
  const refuse = async (): Promise<Read<never>> => {
    asked += 1;
    return { kind: 'refused', reason, text: 'It did not answer.' };
  };
  const session = { contacts: refuse, ticketStates: refuse } as unknown as Session;
  channel = { connectionId: 'c1', flow, session, contacts: createContactDirectory(session) } as Channel;
}

/** The read `times` times, a minute apart; other calls succeed between them if `isProven`. */
async function repeat(read: () => void, times: number, isProven: boolean): Promise<void> {
  for (let time = 0; time < times; time++) {
    if (isProven) flow.heard(200, now);
    now += 60_000;
    read();
    await Promise.all(underWay.splice(0));
  }
}

const readContacts = () => reads.contacts(channel, '17', undefined);
const contact = () => channel.contacts.pick('17', { kind: 'match' } as never, now).kind;
const ticket = { groupId: 'g1', ref: '5' } as never;
const readStates = () => reads.states(channel, [ticket]);

describe('a read that is not answered', () => {
  it.each(['timeout', 'network', 'serverError'] as const)(
    'while other calls are is done without after a few tries: %s',
    async (reason) => {
      refuseAll(reason);
      await repeat(readContacts, 2, true);
      expect(contact()).toBe('unknown');
      await repeat(readContacts, 1, true);
      expect([asked, contact()]).toEqual([3, 'none']);
      await repeat(readStates, 3, true);
      expect(reads.takeSeen()[0]?.states).toEqual(new Map());
    },
  );

  it.each(['timeout', 'network'] as const)('in an outage is waited for: %s', async (reason) => {
    flow.heard(200, now);
    refuseAll(reason);
    await repeat(readContacts, 20, false);
    expect(contact()).toBe('unknown');
    await repeat(readStates, 20, false);
    expect(reads.takeSeen()).toEqual([]);
  });

  it('counts also where the other call succeeded before a third one failed', async () => {
    refuseAll('timeout');
    for (let time = 0; time < 4; time++) {
      now += 1_000;
      flow.heard(200, now);
      flow.answered({ kind: 'refused', reason: 'serverError', text: 'No.' }, now, 0.5);
      await repeat(readContacts, 1, false);
    }
    expect(contact()).toBe('none');
  });
});
