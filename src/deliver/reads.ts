/**
 * Reads that run beside the rounds of a drain: what a PSA says of its budget, ticket states and numbers in bulk, the
 * contacts of accounts, and contracts in bulk. None of them is needed for every ticket (design §3, "Calls").
 */
import { crashPoint } from '../crashPoints.ts';
import type { Read, Refusal, TicketState, Usage } from '../psa/contract.ts';
import type { Channel } from './channel.ts';
import type { SeenStates, TicketOfGroup } from './round.ts';
import { createStateRefresh, type StateRefresh } from './stateRefresh.ts';
import { mostStatesAtOnce } from './tickets.ts';

export interface Reads {
  /** Reads the numbers of tickets that are due. */
  numbers(channels: ReadonlyMap<string, Channel>): void;
  usage(channel: Channel): void;
  states(channel: Channel, tickets: readonly TicketOfGroup[]): void;
  contacts(channel: Channel, accountId: string, email: string | undefined): void;
  contracts(channel: Channel, contractIds: readonly string[]): void;
  /** Something was written to a ticket: its state is of interest for a while. */
  noteWritten(channelId: string, ticket: TicketOfGroup): void;
  /** Reads the states of tickets that are written to a lot, before they grow old. */
  refresh(channels: ReadonlyMap<string, Channel>): void;
  /** A ticket was made: its number is still to be read. */
  noteUnnumbered(channelId: string, tickets: readonly TicketOfGroup[]): void;
  /** What was read about tickets since the last call. */
  takeSeen(): SeenStates[];
  /** What was learned of tickets otherwise. */
  learn(seen: SeenStates): void;
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
  /** The PSA has told its usage, or that it does not tell. */
  onUsage(connectionId: string): void;
}

/**
 * Creating a ticket answers its id only; numbers are read together, shortly after. Each new ticket earns a
 * hundredth of such a read and each minute a whole one, so that the first tickets of a quiet hour get theirs at once and
 * a storm costs next to nothing (design §3: at most 0.1 reads per alert).
 */
const numbersAfterMs = 2_000;
const earned = { perTicket: 0.01, perMs: 1 / 60_000, most: 3 };
/** A read that failed so often in a row is done without: writing must not wait for it for ever. */
const patience = 3;

/** Tickets of a channel whose number is still to be read, and how many reads they may cost. */
interface Unnumbered {
  tickets: TicketOfGroup[];
  /** Not before this: tickets that are made together are read together. */
  dueAt: number;
  /** Reads that may be made; whole ones count. */
  credit: number;
  creditAt: number;
}

export function createReads({ now, begin, wake, wakeAt, onRefused, onUsage }: ReadsParts): Reads {
  let seen: SeenStates[] = [];
  const underWay = new Set<string>();
  /** Failures in a row that tell of the read and not of the PSA, and when the last one was, by read. */
  const failures = new Map<string, { count: number; at: number }>();
  const unnumbered = new Map<string, Unnumbered>();
  const refreshes = new Map<string, StateRefresh>();

  function refreshOf(channelId: string): StateRefresh {
    const known = refreshes.get(channelId) ?? createStateRefresh();
    refreshes.set(channelId, known);
    return known;
  }

  /** One read of a kind at a time. `learn` takes its answer; a refusal reaches it only when there is no use in waiting. */
  function read<T>(
    key: string,
    channel: Channel,
    call: () => Promise<Read<T>>,
    learn: (answer: Read<T>) => void,
    onMissed?: () => void,
  ): void {
    if (underWay.has(key)) return;
    underWay.add(key);
    begin(async () => {
      try {
        crashPoint('before-read');
        const answer = await call();
        crashPoint('after-read');
        if (answer.kind === 'refused' && mayPass(key, channel, answer)) {
          onMissed?.();
          await onRefused(channel, answer);
          return;
        }
        failures.delete(key);
        learn(answer);
        wake();
      } finally {
        underWay.delete(key);
      }
    });
  }

  /**
   * Whether waiting may help: a busy PSA and a refused login always, a broken answer a few times. No answer at all is an
   * outage, which is waited for; unless other calls are answered between one failure and the next: then it is this read.
   */
  function mayPass(key: string, { flow }: Channel, { reason }: Refusal): boolean {
    if (reason === 'invalid' || reason === 'notFound') return false;
    if (reason === 'rateLimited' || reason === 'auth') return true;
    const before = failures.get(key) ?? { count: 0, at: Number.POSITIVE_INFINITY };
    const counts = reason === 'serverError' || flow.hasAnsweredSince(before.at);
    const count = before.count + (counts ? 1 : 0);
    failures.set(key, { count, at: now() });
    return count < patience;
  }

  function usage(channel: Channel): void {
    const { session, flow, connectionId } = channel;
    const ask = session.usage?.bind(session);
    if (!ask || !flow.wantsUsage(now())) return;
    const learn = (answer: Read<Usage>) => {
      if (answer.kind === 'ok') flow.learnUsage(answer.value, now());
      else flow.doWithoutUsage(now());
      onUsage(connectionId);
    };
    read(`usage ${connectionId}`, channel, ask, learn, () => flow.usageFailed(now()));
  }

  function states(channel: Channel, tickets: readonly TicketOfGroup[], onMissed?: () => void): void {
    // One read tells of many: those that will be needed soon come along (design §3, "Is the ticket still open?").
    const known = refreshOf(channel.connectionId);
    const asked = known.fillUp(tickets, now());
    if (asked.length === 0) return;
    const ask = () => channel.session.ticketStates(asked.map(({ ref }) => ref));
    const learn = (answer: Read<Map<string, TicketState>>) => {
      // A PSA that will not tell must not keep notes waiting: the note itself shows the truth.
      const told = answer.kind === 'ok' ? answer.value : new Map();
      known.read(asked, now());
      seen.push({ channelId: channel.connectionId, tickets: asked, states: told });
    };
    read(`states ${channel.connectionId}`, channel, ask, learn, onMissed);
  }

  function noteUnnumbered(channelId: string, tickets: readonly TicketOfGroup[]): void {
    if (tickets.length === 0) return;
    const at = now();
    const known = unnumbered.get(channelId) ?? { tickets: [], dueAt: 0, credit: earned.most, creditAt: at };
    unnumbered.set(channelId, known);
    if (known.tickets.length === 0) known.dueAt = at + numbersAfterMs;
    known.tickets.push(...tickets);
    earn(known, at, tickets.length);
    wakeAt(Math.max(known.dueAt, at + (1 - known.credit) / earned.perMs));
  }

  function earn(known: Unnumbered, at: number, tickets: number): void {
    const more = (at - known.creditAt) * earned.perMs + tickets * earned.perTicket;
    known.credit = Math.min(earned.most, known.credit + more);
    known.creditAt = at;
  }

  function numbersOf(channel: Channel, known: Unnumbered): void {
    const { connectionId } = channel;
    if (known.tickets.length === 0 || now() < known.dueAt || underWay.has(`states ${connectionId}`)) return;
    earn(known, now(), 0);
    if (known.credit < 1) return;
    known.credit -= 1;
    known.dueAt = now() + numbersAfterMs;
    const asked = known.tickets.splice(0, mostStatesAtOnce);
    states(channel, asked, () => noteUnnumbered(connectionId, asked));
  }

  return {
    numbers(channels) {
      for (const [channelId, known] of unnumbered) {
        const channel = channels.get(channelId);
        if (channel) numbersOf(channel, known);
      }
    },
    refresh(channels) {
      for (const [channelId, refresh] of refreshes) {
        const channel = channels.get(channelId);
        if (channel && refresh.isDue(now()) && !underWay.has(`states ${channelId}`)) states(channel, []);
      }
    },
    noteWritten: (channelId, ticket) => refreshOf(channelId).wrote(ticket, now()),
    usage,
    states: (channel, tickets) => states(channel, tickets),
    contacts(channel, accountId, email) {
      const ask = () => channel.contacts.load(accountId, email, now());
      const key = `contacts ${channel.connectionId} ${accountId}`;
      read(key, channel, ask, (answer) => {
        if (answer.kind === 'refused') channel.contacts.doWithout(accountId, answer.text, now());
      });
    },
    contracts(channel, contractIds) {
      const ask = () => channel.contracts.load(contractIds, now());
      read(`contracts ${channel.connectionId}`, channel, ask, (answer) => {
        if (answer.kind === 'refused') channel.contracts.trust(contractIds, answer.text, now());
      });
    },
    noteUnnumbered,
    takeSeen() {
      const taken = seen;
      seen = [];
      return taken;
    },
    learn(learned) {
      seen.push(learned);
      wake();
    },
    putBack(back) {
      seen = [...back, ...seen];
    },
  };
}
