/**
 * Reads that run beside the rounds of a drain: what a PSA says of its budget, ticket states and numbers in bulk, and
 * the contacts of accounts. None of them is needed for every ticket (design §3, "Calls").
 */
import type { Read, Refusal, TicketState } from '../psa/contract.ts';
import type { Channel } from './channel.ts';
import type { Held, SeenStates, TicketOfGroup } from './round.ts';

export interface Reads {
  /** Usage and numbers that are due. */
  due(held: Held, isHealthy: (channel: Channel) => boolean): void;
  usage(channel: Channel): void;
  states(channel: Channel, tickets: readonly TicketOfGroup[]): void;
  contacts(channel: Channel, accountId: string): void;
  /** A ticket was made: its number is still to be read. */
  noteUnnumbered(channelId: string, tickets: readonly TicketOfGroup[]): void;
  /** What was read about tickets since the last call. */
  takeSeen(): SeenStates[];
  /** To be settled by a later round after all. */
  putBack(seen: readonly SeenStates[]): void;
}

export interface ReadsParts {
  /** Database time in milliseconds. */
  now(): number;
  /** Runs work beside the rounds. */
  begin(work: () => Promise<void>): void;
  /** Something was learned that a round can use. */
  wake(): void;
  wakeAt(at: number): void;
  onRefused(channel: Channel, refusal: Refusal): Promise<void>;
}

/** Tickets without a number are looked up together: this many, or after this long. */
const numbersAtOnce = 150;
const numbersAfterMs = 5_000;
export const mostStatesAtOnce = 200;

export function createReads({ now, begin, wake, wakeAt, onRefused }: ReadsParts): Reads {
  let seen: SeenStates[] = [];
  const underWay = new Set<string>();
  const unnumbered = new Map<string, { tickets: TicketOfGroup[]; since: number }>();

  /** One read of a kind at a time; `learn` takes what came back. */
  function read<T>(
    key: string,
    channel: Channel,
    call: () => Promise<Read<T>>,
    learn: (answer: Read<T>) => boolean,
  ): void {
    if (underWay.has(key)) return;
    underWay.add(key);
    begin(async () => {
      try {
        const answer = await call();
        if (learn(answer)) wake();
        if (answer.kind === 'refused' && isPassing(answer)) await onRefused(channel, answer);
      } finally {
        underWay.delete(key);
      }
    });
  }

  function usage(channel: Channel): void {
    const { session, flow, connectionId } = channel;
    const ask = session.usage?.bind(session);
    if (!ask || !flow.wantsUsage(now())) return;
    read(`usage ${connectionId}`, channel, ask, (answer) => {
      if (answer.kind === 'ok') flow.learnUsage(answer.value, now());
      else if (!isPassing(answer)) flow.doWithoutUsage(now());
      else return false;
      return true;
    });
  }

  function states(channel: Channel, tickets: readonly TicketOfGroup[]): void {
    if (tickets.length === 0) return;
    const asked = tickets.slice(0, mostStatesAtOnce);
    const ask = () => channel.session.ticketStates(asked.map(({ ref }) => ref));
    read<Map<string, TicketState>>(`states ${channel.connectionId}`, channel, ask, (answer) => {
      if (answer.kind === 'refused' && isPassing(answer)) return false;
      // A PSA that will not tell (no right to read) must not keep notes waiting: the note itself shows the truth.
      const known = answer.kind === 'ok' ? answer.value : new Map();
      seen.push({ channelId: channel.connectionId, tickets: asked, states: known });
      return true;
    });
  }

  function noteUnnumbered(channelId: string, tickets: readonly TicketOfGroup[]): void {
    if (tickets.length === 0) return;
    const known = unnumbered.get(channelId);
    if (known) known.tickets.push(...tickets);
    else unnumbered.set(channelId, { tickets: [...tickets], since: now() });
    wakeAt((known?.since ?? now()) + numbersAfterMs);
  }

  function numbers(channel: Channel): void {
    const { connectionId } = channel;
    const open = unnumbered.get(connectionId);
    if (!open || underWay.has(`states ${connectionId}`)) return;
    if (open.tickets.length < numbersAtOnce && now() < open.since + numbersAfterMs) return;
    unnumbered.delete(connectionId);
    states(channel, open.tickets.splice(0, mostStatesAtOnce));
    noteUnnumbered(connectionId, open.tickets);
  }

  return {
    due(held, isHealthy) {
      for (const channelId of unnumbered.keys()) {
        const channel = held.channels.get(channelId);
        if (channel && isHealthy(channel)) numbers(channel);
      }
    },
    usage,
    states,
    contacts(channel, accountId) {
      const ask = () => channel.contacts.load(accountId, now());
      read(`contacts ${channel.connectionId} ${accountId}`, channel, ask, ({ kind }) => kind === 'ok');
    },
    noteUnnumbered,
    takeSeen() {
      const taken = seen;
      seen = [];
      return taken;
    },
    putBack(back) {
      seen = [...back, ...seen];
    },
  };
}

/** It may well be answered later; anything else is this PSA's answer for now. */
const isPassing = ({ reason }: Refusal): boolean => reason !== 'invalid' && reason !== 'notFound';
