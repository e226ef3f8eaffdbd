/**
 * One form over something that two people may have open at the same time: what is typed, what it was typed over, what is
 * on its way, and what somebody else has saved meanwhile. Nothing here knows a screen or the network.
 */
import type { LastChange } from '../api/problem.ts';

/** `S` is what the server has, `V` what the form holds. */
export interface DraftRules<S, V> {
  valuesOf(state: S): V;
  /** Whether saving one or the other comes to the same. */
  isSame(one: V, other: V): boolean;
}

/** Somebody else has saved something else since `base` was read. */
export interface OtherState<S> {
  theirs: S;
  /** As a refused save has said it; unknown where it was found by reading. */
  lastChange?: LastChange | undefined;
}

export interface DraftState<S, V> {
  /** What the server had when the values were typed: a save is meant for it. */
  base: S;
  values: V;
  /** The values with which there is nothing to save. */
  settled: V;
  /** What is on its way. */
  sending: { values: V } | undefined;
  /** Until a person has decided, nothing is sent. */
  conflict: OtherState<S> | undefined;
  /** Why the last save was refused. */
  problem: unknown;
}

/** All that can happen to a form, as functions from one state to the next. */
export function draftRules<S, V>({ valuesOf, isSame }: DraftRules<S, V>) {
  type State = DraftState<S, V>;

  /** `values`: what was typed over `base` earlier. */
  const begin = (base: S, values = valuesOf(base)): State => ({
    base,
    values,
    settled: valuesOf(base),
    sending: undefined,
    conflict: undefined,
    problem: undefined,
  });

  const isDirty = ({ values, settled }: State): boolean => !isSame(values, settled);

  /** The server has this now. */
  const meet = (state: State, { theirs, lastChange }: OtherState<S>): State => {
    const their = valuesOf(theirs);
    // Nothing stays to be decided: the other one has typed the same, or it was a save of one's own.
    if (isSame(their, state.values))
      return { ...state, base: theirs, settled: state.values, conflict: undefined };
    // Something beside this form was changed, or taken back.
    if (isSame(their, valuesOf(state.base))) return { ...state, base: theirs, conflict: undefined };
    // Nobody has typed over it: it is shown as it comes.
    if (!isDirty(state)) return begin(theirs);
    const isKnown = state.conflict !== undefined && isSame(valuesOf(state.conflict.theirs), their);
    const last = lastChange ?? (isKnown ? state.conflict?.lastChange : undefined);
    return { ...state, conflict: { theirs, lastChange: last } };
  };

  return {
    begin,
    isDirty,

    typed: (state: State, values: V): State => ({ ...state, values }),

    /** It was read. While a save is on its way, what is read may be that save already: its answer tells. */
    seen: (state: State, theirs: S): State =>
      state.sending || state.base === theirs ? state : meet(state, { theirs }),

    sent: (state: State): State => ({
      ...state,
      sending: { values: state.values },
      problem: undefined,
    }),

    /** What was typed while it was on its way is not saved yet. `isShown`: the server's writing replaces one's own. */
    saved: (state: State, base: S, isShown: boolean): State => {
      const settled = state.sending?.values ?? state.values;
      const after = { ...state, base, settled, sending: undefined };
      return isShown && !isDirty(after) ? begin(base) : after;
    },

    /** Not taken because of what somebody else has saved. */
    overtaken: (state: State, other: OtherState<S>): State => meet({ ...state, sending: undefined }, other),

    refused: (state: State, problem: unknown): State => ({ ...state, sending: undefined, problem }),

    /** What was typed is given up. */
    theirsLoaded: (state: State): State => (state.conflict ? begin(state.conflict.theirs) : state),

    /** What was typed is meant for the other state from now on; it is not sent by this. */
    mineKept: (state: State): State => {
      if (!state.conflict) return state;
      const { theirs } = state.conflict;
      return { ...state, base: theirs, settled: valuesOf(theirs), conflict: undefined };
    },
  };
}
