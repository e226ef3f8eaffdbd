/** A form that is open: it holds its state and sends one save after the other, also when nobody looks at it any more. */
import { ChangedMeanwhile } from '../api/change.ts';
import { type DraftRules, type DraftState, draftRules } from './draftState.ts';

/** How a form is filled and saved. */
export interface DraftKind<S, V> extends DraftRules<S, V> {
  /**
   * Sends the values, meant for `base`; answers what the server has then.
   * @throws ChangedMeanwhile when it has something else than `base` in what these values would replace
   */
  write(values: V, base: S): Promise<S>;
  /** After a save the form shows what the server has made of it; not while one types and it is saved by itself. */
  showsAnswer: boolean;
  /** After every change. */
  onChanged?(state: DraftState<S, V>): void;
}

export interface OpenDraft<S, V> {
  state(): DraftState<S, V>;
  isDirty(): boolean;
  /** `listen` is called after every change, until what is answered is called. */
  subscribe(listen: () => void): () => void;
  type(change: (values: V) => V): void;
  /** The server has this now. */
  see(stored: S): void;
  /**
   * Saves what is typed, after what is on its way. True when the server has all of it. False when it was refused, or
   * when somebody else was first: then nothing is sent until a person has decided.
   */
  save(order?: { isForced?: boolean }): Promise<boolean>;
  /** Settles when nothing is on its way. */
  idle(): Promise<void>;
  loadTheirs(): void;
  /** Saves what was typed over the other state. */
  keepMine(): Promise<boolean>;
}

/** `typed`: what was typed over an earlier state of the server, and kept. */
export function openDraft<S, V>(
  kind: DraftKind<S, V>,
  stored: S,
  typed?: { base: S; values: V },
): OpenDraft<S, V> {
  const rules = draftRules(kind);
  const listeners = new Set<() => void>();
  let state = typed ? rules.seen(rules.begin(typed.base, typed.values), stored) : rules.begin(stored);
  /** What was read last: looked at again when a save was refused. */
  let latest = stored;
  let running: Promise<boolean> | undefined;

  const become = (next: DraftState<S, V>) => {
    if (next === state) return;
    state = next;
    kind.onChanged?.(state);
    for (const listen of listeners) listen();
  };

  const send = async (): Promise<boolean> => {
    become(rules.sent(state));
    try {
      latest = await kind.write(state.values, state.base);
      become(rules.saved(state, latest, kind.showsAnswer));
      return true;
    } catch (error) {
      if (error instanceof ChangedMeanwhile) {
        latest = error.now as S;
        become(rules.overtaken(state, { theirs: latest, lastChange: error.lastChange }));
        return state.conflict === undefined && !rules.isDirty(state);
      }
      become(rules.seen(rules.refused(state, error), latest));
      return false;
    }
  };

  const idle = async (): Promise<void> => {
    while (running) {
      await running;
      // A save that has waited for it begins first.
      await undefined;
    }
  };

  const save = async ({ isForced = false } = {}): Promise<boolean> => {
    // What comes next is meant for the state that the one before has made: it never overtakes it.
    while (running) await running;
    if (state.conflict) return false;
    if (!isForced && !rules.isDirty(state)) return true;
    running = send().finally(() => {
      running = undefined;
    });
    return running;
  };

  return {
    state: () => state,
    isDirty: () => rules.isDirty(state),
    subscribe(listen) {
      listeners.add(listen);
      return () => listeners.delete(listen);
    },
    type: (change) => become(rules.typed(state, change(state.values))),
    see(now) {
      latest = now;
      become(rules.seen(state, now));
    },
    save,
    idle,
    loadTheirs: () => become(rules.theirsLoaded(state)),
    keepMine() {
      become(rules.mineKept(state));
      return save();
    },
  };
}
