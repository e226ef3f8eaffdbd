/** What goes into a round of a workspace, and what comes out of it. */
import type { NoteDraft, Permit, TicketDraft, TicketState } from '../psa/contract.ts';
import type { Channel } from './channel.ts';
import type { Notice, ToldNotice } from './notices.ts';
import type { Stepped, WriteState } from './step.ts';

/** A write whose content and deliveries are frozen, with where it stands. */
export interface OpenWrite {
  channelId: string;
  writeId: string;
  groupId: string;
  generation: number;
  seq: number;
  content: Content;
  deliveryIds: readonly string[];
  /** Best lane and first id among its deliveries: their place in the queue if they must wait again. */
  lane: number;
  since: string;
  tries: number;
  without: readonly string[];
  /** Inputs that something else can stand in for if the PSA refuses them. */
  fallbacks: readonly string[];
  state: WriteState;
}

/** What is sent: stored as it is, and sent the same every time. */
export type Content =
  | { kind: 'ticket'; draft: TicketDraft }
  | { kind: 'note' | 'digest'; ticketRef: string; draft: NoteDraft };

/** A step that was taken since the last round. */
export interface Outcome {
  write: OpenWrite;
  stepped: Stepped;
}

export interface TicketOfGroup {
  groupId: string;
  ref: string;
}

/** What was seen of a ticket: as the PSA says, or as our own call has left it. */
export type SeenState = TicketState | { kind: 'reopened'; words: string } | { kind: 'shut'; words: string };

/** A closed ticket that is to be opened again for what waits in its group (decision 14). */
export interface Reopening extends TicketOfGroup {
  channelId: string;
  /** Of the most urgent alert that waits for it. */
  lane: number;
  /** The select fields of the tickets step. */
  values: Record<string, string>;
  words: string;
}

/** What was learned about tickets since the last round. */
export interface SeenStates {
  channelId: string;
  tickets: readonly TicketOfGroup[];
  states: ReadonlyMap<string, SeenState>;
}

export interface RoundWork {
  workspaceId: string;
  channels: readonly Channel[];
  outcomes: readonly Outcome[];
  seen: readonly SeenStates[];
  /** What the operators of connections are to be told besides what follows from outcomes. */
  notices?: readonly Notice[];
  /** Web address of Herald, for links in tickets. */
  baseUrl: string;
  /** Slots taken for the writes of this round, by group; each is given back when its call has ended. */
  taken: Map<string, () => void>;
  /** Only settle: nothing new is begun. */
  isClosing: boolean;
  startPermit(channel: Channel): Permit;
}

/** The transaction is run again: what an earlier run has taken is free for this one. */
export function returnSlots({ taken }: RoundWork): void {
  for (const giveBack of taken.values()) giveBack();
  taken.clear();
}

/** A slot for a write of this group; none = it must wait. */
export function takeSlot({ taken }: RoundWork, channel: Channel, groupId: string): boolean {
  if (taken.has(groupId)) return true;
  const giveBack = channel.slots.tryTake(channel.adapter.limits.parallel.writes);
  if (giveBack) taken.set(groupId, giveBack);
  return giveBack !== undefined;
}

/** Channels whose lease is still ours, and the database's time. */
export interface Held {
  channels: ReadonlyMap<string, Channel>;
  /** Milliseconds; decides everything that is compared with stored times. */
  now: number;
}

/** Reads that some waiting deliveries need before they can be written. */
export interface Needs {
  /** Tickets whose state is too old to add a note to; `lane` is the best one that waits for it. */
  states: { channelId: string; tickets: TicketOfGroup[]; lane: number }[];
  /** Accounts whose contacts are not known. */
  contacts: { channelId: string; accountId: string; email: string | undefined; lane: number }[];
  /** Contracts of which nobody knows whether they may stand on a ticket. */
  contracts: { channelId: string; contractIds: readonly string[]; lane: number }[];
  reopenings: Reopening[];
}

export interface Round {
  held: Held;
  settled: Settled;
  /** A further round has something to do at once. */
  more: boolean;
  /** Groups wait until the PSA was asked about them (docs/adr/0007). */
  looks: boolean;
  frozen: OpenWrite[];
  needs: Needs;
  /** Connections that wait for a person: no call is made to them. */
  attention: ReadonlySet<string>;
  /** Runs since just before COMMIT was issued, one per channel. */
  permits: ReadonlyMap<string, Permit>;
}

export interface Settled {
  /** Outcomes that took effect; one that was settled before is not among them. */
  applied: Outcome[];
  /** Writes to send once more: a new attempt is committed for each. */
  resent: OpenWrite[];
  /** Channels that must stop for a person, with the reason. */
  stopped: { channelId: string; problem: string }[];
  /** What the operators of connections are to be told, at most once an hour each. */
  notices: ToldNotice[];
  /** The tickets of some groups take no more, and the PSA must be asked about the next ones first. */
  looks: boolean;
}

export interface Assigned {
  /** More unassigned deliveries may be waiting than one round takes. */
  more: boolean;
  /** Deliveries entered groups about which the PSA must be asked first. */
  looks: boolean;
}
