import { alertmanager } from './alertmanager.ts';
import { graph } from './graph.ts';
import { huntress } from './huntress.ts';
import { native } from './native.ts';
import { ocsf } from './ocsf.ts';
import { saasalerts } from './saasalerts.ts';
import type { Format, FormatName, ParseContext, Parsed } from './types.ts';
import { wazuh } from './wazuh.ts';

export type { Format, FormatName, ParseContext, Parsed } from './types.ts';

/** Every format that can be sent to us; `native` is what POST /alerts takes, the others POST /intake/{format}. */
export const formats: Readonly<Record<FormatName, Format>> = {
  native,
  ocsf,
  wazuh,
  graph,
  huntress,
  saasalerts,
  alertmanager,
};

/** The formats of POST /intake/{format}. */
export const formatNames = ['ocsf', 'wazuh', 'graph', 'huntress', 'saasalerts', 'alertmanager'] as const;

/** The most alerts that one request may hold (design §9). */
export const batchLimit = 500;

export type BatchResult =
  /** One result per record, in order; `single` if the request was one alert, so that its refusal is a 422. */
  | { ok: true; single: boolean; results: Parsed[] }
  | { ok: false; status: 400 | 413; code: 'emptyBatch' | 'tooManyAlerts'; message: string };

/** Judges a whole request: none or too many alerts refuse it as one, otherwise each alert is judged by itself. */
export function parseBatch(format: Format, value: unknown, context: ParseContext): BatchResult {
  const { records, single } = format.split(value);
  if (records.length === 0) {
    return { ok: false, status: 400, code: 'emptyBatch', message: 'The body holds no alert.' };
  }
  if (records.length > batchLimit) {
    const message = `The body holds ${records.length} alerts; at most ${batchLimit} are taken at a time.`;
    return { ok: false, status: 413, code: 'tooManyAlerts', message };
  }
  return { ok: true, single, results: format.parse(value, context) };
}
