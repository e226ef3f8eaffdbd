/** Connections in words: what the API answers, as lines for people. */
import type { DeclaredField, Values } from './stepValues.ts';
import { table } from './table.ts';

export interface Check {
  label: string;
  ok: boolean;
  text: string;
}

export interface Connection {
  id: string;
  name: string;
  kind: string;
  label: string;
  status: string;
  pauseReason: string | null;
  health: { state: string; reason?: string };
  notices: { text: string; lastAt: string }[];
  isDefault: boolean;
  counts: { waiting: number; held: number; failed: number };
  budgetShare: number;
  waiting: { words?: string } | null;
  directory: { state: string; loaded: number; total: number | null; failure?: string; waiting?: string };
  steps: Record<string, Values>;
  next: { step: string; complete: boolean; errors: { field: string; message: string }[] }[];
  checks?: Check[];
}

export interface Kind {
  kind: string;
  label: string;
  fields: DeclaredField[];
  accountFilters: { key: string; label: string }[];
  setup: { prerequisites: string[]; steps: string[]; warnings: string[] };
}

export const checksInLines = (checks: readonly Check[]): string[] =>
  checks.map(({ ok, label, text }) => `${ok ? 'ok  ' : 'FAIL'}  ${label}: ${text}`);

/** What is still missing before the connection can be finished. */
export function nextInLines({ next, status, id }: Connection): string[] {
  const missing = next.filter(({ complete }) => !complete);
  if (missing.length > 0) {
    return missing.flatMap(({ step, errors }) => [
      `Still missing in the step "${step}":`,
      ...errors.map(({ field, message }) => `  ${message.includes(field) ? '' : `${field}: `}${message}`),
    ]);
  }
  return status === 'draft' ? [`Every step is complete: "npx herald connections finish ${id}".`] : [];
}

export function connectionInLines(connection: Connection): string[] {
  const { name, label, id, status, isDefault, health, counts, steps } = connection;
  const shown = Object.entries(steps).flatMap(([step, values]) => [
    `${step}:`,
    ...table(
      ['', ''],
      Object.entries(values).map(([key, value]) => [`  ${key}`, valueInWords(value)]),
    ).slice(1),
  ]);
  return [
    `${name} (${label})  ${id}`,
    `Status      ${status}${isDefault ? ', the default connection' : ''}${reasonOf(connection)}`,
    `Health      ${health.state === 'ok' ? 'ok' : `needs a person: ${health.reason ?? 'no reason is known'}`}`,
    `Deliveries  ${counts.waiting} waiting, ${counts.held} held, ${counts.failed} failed`,
    `Accounts    ${directoryInWords(connection.directory)}`,
    `Budget      may use ${Math.round(connection.budgetShare * 100)} % of the PSA's calls`,
    ...connection.notices.map(({ text }) => `Notice      ${text}`),
    ...shown,
    ...nextInLines(connection),
  ];
}

const reasonOf = ({ pauseReason }: Connection): string => (pauseReason ? ` (${pauseReason})` : '');

export function directoryInWords({
  state,
  loaded,
  total,
  failure,
  waiting,
}: Connection['directory']): string {
  if (state === 'none') return 'not loaded yet';
  if (state === 'failed') return `could not be loaded: ${failure ?? 'no reason is known'}`;
  if (state === 'loading') {
    const soFar = `loading, ${loaded} of ${total ?? 'an unknown number'} so far`;
    return waiting === undefined ? soFar : `${soFar}. ${waiting}`;
  }
  return `${loaded} loaded`;
}

function valueInWords(value: unknown): string {
  if (typeof value === 'string') return value;
  return (value as { isSet?: boolean } | null)?.isSet === true ? 'is set' : JSON.stringify(value);
}
