import type { z } from 'zod';
import type { Adapter } from '../psa/contract.ts';
import { toBudget, toWaiting } from './budget.ts';
import { toLookFirst } from './lookFirst.ts';
import { toNotice } from './notices.ts';
import type { ConnectionParts } from './parts.ts';
import type { connection } from './schemas.ts';
import { adapterOf } from './session.ts';
import { stateOfSteps, stepsOf } from './steps.ts';
import type { ConnectionRow, CountedConnectionRow } from './store.ts';
import { fieldsOf } from './validate.ts';

type View = z.input<typeof connection>;

/** A connection as the API shows it: everything but secrets. */
export function toView(parts: Pick<ConnectionParts, 'adapters'>, row: CountedConnectionRow): View {
  const adapter = adapterOf(parts, row.kind);
  return {
    id: row.id,
    name: row.name,
    kind: row.kind,
    label: adapter.label,
    status: row.connection_state,
    pauseReason: row.pause_reason,
    health: healthOf(row),
    notices: (row.notices ?? []).map(toNotice),
    isDefault: row.is_default,
    counts: { waiting: row.waiting, held: row.held, failed: row.failed },
    budgetShare: row.budget_share ?? adapter.limits.share,
    budget: toBudget(row, adapter.limits.share),
    waiting: toWaiting(row, adapter.label),
    lookFirst: toLookFirst(row.look_first),
    directory: {
      state: row.load_state ?? 'none',
      loaded: row.loaded ?? 0,
      total: row.total,
      ...(row.load_failure !== null && { failure: row.load_failure }),
      ...(row.load_waiting !== null && { waiting: row.load_waiting }),
    },
    steps: stepValues(row, adapter, () => ({ isSet: true })),
    next: stateOfSteps(row, adapter),
    createdAt: row.created_at.toISOString(),
  };
}

function healthOf({ attention, attention_since }: ConnectionRow): View['health'] {
  if (attention === null) return { state: 'ok' };
  return {
    state: 'attention',
    reason: attention,
    ...(attention_since && { since: attention_since.toISOString() }),
  };
}

/** What each step holds; a secret that is set is told by `secretOf` only. */
export function stepValues(
  { steps, sealed }: Pick<ConnectionRow, 'steps' | 'sealed'>,
  adapter: Adapter,
  secretOf: (key: string) => unknown,
): View['steps'] {
  return Object.fromEntries(
    stepsOf(adapter).flatMap((step) => {
      const values: Record<string, unknown> = { ...steps[step] };
      for (const { key, kind } of fieldsOf(adapter.fields, step)) {
        if (kind === 'secret' && sealed[key] !== undefined) values[key] = secretOf(key);
      }
      return steps[step] === undefined ? [] : [[step, values]];
    }),
  );
}
