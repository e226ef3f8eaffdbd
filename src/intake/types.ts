import type { Alert } from '../alerts/types.ts';
import type { FieldError as BaseFieldError } from '../errors.ts';

/** One thing that is wrong with an alert; `field` is the sender's own name for the member, values are never repeated. */
export interface FieldError extends BaseFieldError {
  code: FieldErrorCode;
}

export type FieldErrorCode = 'required' | 'invalidType' | 'invalidValue' | 'tooBig';

/** What became of one record. A refused one says its external id where it could be read, for the answer. */
export type Parsed = { ok: true; alert: Alert } | { ok: false; errors: FieldError[]; externalId?: string };

/** What a format needs to know besides the record itself. */
export interface ParseContext {
  /** The time of receipt; only flags depend on it. */
  now: Date;
  /** Fixed by the caller's API key: then it is the source of every alert, whatever the record says. */
  source?: string;
  /** Set by the operator; {@link defaultWazuhBands} if absent. */
  wazuhBands?: WazuhBands;
}

/** The lowest `rule.level` of each severity; everything below `low` is informational. */
export interface WazuhBands {
  low: number;
  medium: number;
  high: number;
  critical: number;
}

export type FormatName = 'native' | 'ocsf' | 'wazuh' | 'graph' | 'huntress' | 'saasalerts' | 'alertmanager';

/** How one product writes its alerts. */
export interface Format {
  name: FormatName;
  /** The single records of a request body; `single` if it holds one alert that stands by itself. */
  split(value: unknown): { records: unknown[]; single: boolean };
  /** Judges every record of a request body by itself, in order. Never throws. */
  parse(value: unknown, context: ParseContext): Parsed[];
}
