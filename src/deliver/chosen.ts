/** What the third part of a round hands to the last: the writes to freeze, and what must be read first. */
import type { Channel } from './channel.ts';
import type { Waiting } from './claim.ts';
import type { Composed } from './compose.ts';
import type { ReadyGroup } from './groups.ts';
import type { Needs } from './round.ts';

/** A group's next write, not yet committed. */
export interface ChosenWrite {
  group: ReadyGroup;
  channel: Channel;
  generation: number;
  marker: string;
  seq: number;
  startsTicket: boolean;
  composed: Composed;
  deliveries: readonly Waiting[];
  /** What still waits in the group behind this write. */
  leftover: { lane: number; since: string } | null;
  /** Notes that its ticket still takes at once, this one taken off. */
  noteCredit: number;
}

export interface Chosen {
  writes: ChosenWrite[];
  needs: Needs;
  /** Deliveries were moved to where they can go: a further round has something to do. */
  moved: boolean;
}
