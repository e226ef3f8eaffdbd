/**
 * Alerts as the products send them, all values invented: for tests and for the demo. Within a format they are in
 * the order of sending, since some repeat or change an earlier one.
 */
import type { FormatName } from '../types.ts';
import alertmanager from './alertmanager.json' with { type: 'json' };
import graph from './graph.json' with { type: 'json' };
import huntress from './huntress.json' with { type: 'json' };
import native from './native.json' with { type: 'json' };
import ocsf from './ocsf.json' with { type: 'json' };
import saasalerts from './saasalerts.json' with { type: 'json' };
import wazuh from './wazuh.json' with { type: 'json' };

export interface Sample {
  format: FormatName;
  /** What is special about it, for people. */
  about: string;
  /** The reference by which its organization should be found; absent if it names none. */
  organizationHint?: string;
  /** The body of one request. */
  body: unknown;
}

type Entry = Omit<Sample, 'format'>;

const entries: Record<FormatName, readonly Entry[]> = {
  native,
  ocsf,
  wazuh,
  graph,
  huntress,
  saasalerts,
  alertmanager,
};

export const samples: readonly Sample[] = (Object.keys(entries) as FormatName[]).flatMap((format) =>
  entries[format].map((entry) => ({ format, ...entry })),
);
