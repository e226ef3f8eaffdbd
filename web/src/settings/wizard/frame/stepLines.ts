/** One line per step: what is set there, for the list of steps. */
import type { Connection, Field, PsaKind } from '../../../api/types.ts';
import type { WizardStep } from '../../routes.ts';
import { isComplete } from '../steps.ts';

/** What is known of where tickets go; undefined while nobody has said it. */
export interface MappingFacts {
  /** The name of the catch-all account. */
  catchAll: string | undefined;
  mapped: number | undefined;
  /** Organizations that are mapped or left to the catch-all account. */
  all: number | undefined;
}

/** In a few words; what is missing is counted. */
export function lineOf(connection: Connection, kind: PsaKind, step: WizardStep, facts: MappingFacts): string {
  if (step === 'finish') return finishLine(connection);
  if (!isComplete(connection, step)) return missingLine(connection, step);
  const values = connection.steps[step] ?? {};
  const own = kind.fields.filter((field) => field.step === step);
  if (step === 'credentials') return textOf(own, values) ?? 'Set';
  const on = own.filter((field) => field.kind === 'switch' && values[field.key] === true);
  if (step === 'contracts') return on.length === 0 ? 'Off' : on.map(({ label }) => label).join(', ');
  if (step === 'accounts') return accountsLine(facts);
  const map = own.find((field) => field.role === 'priorities');
  return map ? ticketsLine(values[map.key]) : 'Set';
}

function finishLine({ status, next }: Connection): string {
  if (status === 'active') return 'Active';
  if (status === 'paused') return 'Paused';
  return next.every(({ complete }) => complete) ? 'Ready to activate' : 'Draft';
}

function missingLine({ next, steps }: Connection, step: WizardStep): string {
  const missing = next.find((one) => one.step === step)?.errors.length ?? 0;
  if (steps[step] === undefined) return 'Not begun';
  return missing === 1 ? '1 thing is missing' : `${missing} things are missing`;
}

function textOf(fields: readonly Field[], values: Record<string, unknown>): string | undefined {
  const first = fields.find(({ kind }) => kind === 'text');
  const text = first && values[first.key];
  return typeof text === 'string' ? text : undefined;
}

function accountsLine({ catchAll, mapped, all }: MappingFacts): string {
  const account = catchAll === undefined ? 'Catch-all set' : `Catch-all: ${catchAll}`;
  if (mapped === undefined || all === undefined) return account;
  return `${account} · ${mapped.toLocaleString('en')} of ${all.toLocaleString('en')} mapped`;
}

function ticketsLine(map: unknown): string {
  const none = Object.entries((map ?? {}) as Record<string, unknown>).filter(([, value]) => value === null);
  return none.length === 0
    ? 'A ticket for every severity'
    : `No ticket for ${none.map(([severity]) => severity).join(', ')}`;
}
