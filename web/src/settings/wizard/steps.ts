/** Which steps a connection has, in order; what they are called, and which are complete. */
import type { Connection } from '../../api/types.ts';
import { type WizardStep, wizardSteps } from '../routes.ts';

export const stepLabels: Record<WizardStep, string> = {
  credentials: 'Credentials',
  accounts: 'Accounts',
  tickets: 'Tickets',
  contracts: 'Contracts',
  finish: 'Finish',
};

/** The steps that this PSA has, and the finish. */
export function stepsOf({ next }: Connection): WizardStep[] {
  return wizardSteps.filter((step) => step === 'finish' || next.some((one) => one.step === step));
}

/** The first step that lacks something, else the finish. */
export function firstOpen(connection: Connection): WizardStep {
  return stepsOf(connection).find((step) => !isComplete(connection, step)) ?? 'finish';
}

/** The finish is complete when the connection is in use. */
export function isComplete({ next, status }: Connection, step: WizardStep): boolean {
  if (step === 'finish') return status !== 'draft';
  return next.find((one) => one.step === step)?.complete ?? true;
}

/** What comes after this step, and before it. */
export function neighbours(connection: Connection, step: WizardStep) {
  const all = stepsOf(connection);
  const at = all.indexOf(step);
  return { before: all[at - 1], after: all[at + 1] };
}

/** The first of these errors, and how many more there are. */
export function wordsOf(errors: readonly { message: string }[]): string | undefined {
  const [first, ...others] = errors;
  if (!first) return undefined;
  return others.length === 0 ? first.message : `${first.message} And ${others.length} more.`;
}
