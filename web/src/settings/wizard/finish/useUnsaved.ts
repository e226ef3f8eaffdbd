import { useSession } from '../../../api/session.ts';
import type { Connection, PsaKind } from '../../../api/types.ts';
import { placeOf } from '../../../drafts/rowDrafts.ts';
import { accountPart } from '../accounts/accountPart.ts';
import { contractPart } from '../contracts/contractPart.ts';
import { readKept } from '../form/keptDraft.ts';
import { differingKeys, storedValues } from '../form/stepValues.ts';
import type { FormStep, StepValues } from '../step.ts';
import { stepsOf } from '../steps.ts';

/** A step whose kept values are not those of the server. */
export interface Unsaved {
  values: StepValues;
  keys: readonly string[];
}

/** What was typed in this browser and is not saved, step by step: it differs from the configuration that runs. */
export function useUnsaved(connection: Connection, kind: PsaKind): Partial<Record<FormStep, Unsaved>> {
  const { user } = useSession();
  const found: Partial<Record<FormStep, Unsaved>> = {};
  for (const step of stepsOf(connection)) {
    if (step === 'finish') continue;
    const kept = readKept(user.id, connection.id, step);
    const stored = storedValues(connection, step, kind.fields);
    const keys = kept ? differingKeys(kept.values, stored) : [];
    if (kept && keys.length > 0) found[step] = { values: kept.values, keys };
  }
  return found;
}

/** How many rows of the mapping table were changed in this tab and are not saved, or not yet. */
export function useUnsavedMappings(connectionId: string): number {
  const { user } = useSession();
  return accountPart.drafts.use(placeOf(user.id, connectionId)).kept.length;
}

/** The same for chosen contracts. */
export function useUnsavedContracts(connectionId: string): number {
  const { user } = useSession();
  return contractPart.drafts.use(placeOf(user.id, connectionId)).kept.length;
}
