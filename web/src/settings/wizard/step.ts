/** What the frame of the wizard gives to each of its steps. */
import type { FieldError, LastChange } from '../../api/problem.ts';
import type { Check, Connection, Field, PsaKind } from '../../api/types.ts';
import type { WizardStep } from '../routes.ts';

/** A step whose values the server keeps; `finish` keeps none. */
export type FormStep = Exclude<WizardStep, 'finish'>;

/** Values of a step by the keys that the kind declares. */
export type StepValues = Record<string, unknown>;

/**
 * Where what is on the screen stands: as the server has it, typed and not saved, on its way, or not taken by the server,
 * in which case it is kept in this browser.
 */
export type SaveState = 'saved' | 'unsaved' | 'saving' | 'kept';

/** Somebody else has changed this step since it was read here. */
export interface Conflict {
  /** Declared keys of this step that differ between the two. */
  keys: readonly string[];
  theirs: StepValues;
  lastChange: LastChange | undefined;
  /** Shows the other state; what was typed here is given up. */
  loadTheirs(): void;
  /** Saves what was typed here over the other state. */
  keepMine(): void;
}

/** The values of one step, their errors, and how they are saved. */
export interface StepForm {
  step: FormStep;
  /** The declared fields of this step, in order. */
  fields: readonly Field[];
  values: StepValues;
  /** Secrets that the server has; they are never shown. */
  storedSecrets: ReadonlySet<string>;
  /** Sets one value; undefined takes it away. A draft is saved by itself a moment later. */
  set(key: string, value: unknown): void;
  state: SaveState;
  /** All that is missing or wrong as far as the server has said; parts of a field as `priorities.low`. */
  errors: readonly FieldError[];
  /** Those to show beside the fields: what is merely missing is shown when one has asked for it. */
  shown: readonly FieldError[];
  /** Shows all that is missing, and puts the focus on the first place. */
  showMissing(): void;
  /** Saves now. True when the server has taken it. */
  save(): Promise<boolean>;
  /** Why it is changed, for the audit; sent with each save until it is taken. */
  reason: string;
  setReason(text: string): void;
  /** What the PSA has said to each right when these were saved; only credentials are checked so. */
  checks: readonly Check[] | undefined;
  /** A problem that belongs to no field: not reached, the PSA refuses, too many calls. */
  problem: unknown;
  conflict: Conflict | undefined;
  /** Every change is saved by itself; else one presses Save, because the configuration is in use. */
  isAutomatic: boolean;
  /** Why this person cannot change anything here. */
  whyNot: string | undefined;
}

/** What each step component gets. It renders a {@link StepFrame} with its form and what it means. */
export interface StepProps {
  connection: Connection;
  kind: PsaKind;
  form: StepForm;
  /** Reads the connection again, after a change beside the step's own. */
  reload(): Promise<void>;
}

/** The id of the element that takes the focus for an error at this place: `field-priorities.low`. */
export const fieldId = (place: string): string => `field-${place}`;

/** Puts the focus where an error is: at the exact place, else at its field. */
export function focusField(place: string): void {
  const found = document.getElementById(fieldId(place)) ?? document.getElementById(fieldId(keyOf(place)));
  found?.focus();
  found?.scrollIntoView({ block: 'center' });
}

/** The declared key of the field in which a place is: `priorities` of `priorities.low`. */
export const keyOf = (place: string): string => place.split(/[.[]/)[0] ?? place;
