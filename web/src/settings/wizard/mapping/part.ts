/** What a table changes of each mapping: its account, or its contract. All else is the same for both tables. */
import type { LastChange } from '../../../api/problem.ts';
import { createRowDrafts, type RowDrafts } from '../../../drafts/rowDrafts.ts';
import type { Mapping, NewMapping } from './set.ts';

/** What a row shall be, and what it was when that was chosen. */
export interface Change<V> {
  to: V;
  from: V;
}

/** Changed rows by organization, in the order in which they were changed. */
export type Kept<V> = readonly (readonly [organizationId: string, change: Change<V>])[];

/** The same on its way to the server. */
export type Sent<V> = ReadonlyMap<string, Change<V>>;

/** What rows shall be. */
export type Wanted<V> = readonly (readonly [organizationId: string, to: V])[];

/** One part of a mapping as values `V`. */
export interface PartRules<V> {
  /** As it is stored; without a mapping too. */
  valueOf(mapping: Mapping | undefined): V;
  /** Whether storing one or the other comes to the same. */
  isSame(one: V, other: V): boolean;
  /** In a sentence: somebody else has made it `now`. `lastBy`: who was there last, if known. */
  conflictWords(now: V, change: Change<V>, lastBy: string | undefined): string;
  /** The mapping as it is to be stored; undefined: none. */
  mappingOf(organizationId: string, before: Mapping | undefined, to: V): NewMapping | undefined;
  /** Why it cannot be stored whatever the server says, in a sentence: such a row is kept and not sent. */
  mistakeIn?(to: V): string | undefined;
}

export interface MappingPart<V> extends PartRules<V> {
  /** Rows that were refused are sent again with the next save: what the server asks may be true by then. */
  asksAgain: boolean;
  drafts: RowDrafts<PartDraft<V>>;
}

/** Changed rows that the server does not have yet; every step knows of them. */
export interface PartDraft<V> {
  kept: Kept<V>;
  /** Rows that are on their way, as they were sent. */
  sent: Sent<V>;
  /** Why the server did not take a row, by organization. */
  refused: ReadonlyMap<string, string>;
  /** Who was first when somebody else has changed one of these rows. */
  lastChange: LastChange | undefined;
  /** Saves that run or wait for their turn. */
  saves: number;
  /** What kept the last save from being done that belongs to no row. */
  problem: unknown;
  /** Why the rows are changed, for the audit: it goes with each save of this visit. */
  reason: string;
}

/** The drafts of one part. @param name in the storage of the browser */
export const createPartDrafts = <V>(name: string): RowDrafts<PartDraft<V>> =>
  createRowDrafts<PartDraft<V>>(name, {
    kept: [],
    sent: new Map(),
    refused: new Map(),
    lastChange: undefined,
    saves: 0,
    problem: undefined,
    reason: '',
  });
