/** The form of one step while it is open, and until its last save has ended. */
import type { QueryClient } from '@tanstack/react-query';
import { ChangedMeanwhile, keepAnswer, repeatStale, runChange } from '../../../api/change.ts';
import { sendVersioned, type Versioned } from '../../../api/client.ts';
import type { LastChange } from '../../../api/problem.ts';
import type { Check, Connection, ConnectionWithChecks, Field } from '../../../api/types.ts';
import { type OpenDraft, openDraft } from '../../../drafts/openDraft.ts';
import { reasonOf } from '../../../parts/Why.tsx';
import { connectionPath, connectionQuery, connectionsQuery } from '../../psa/queries.ts';
import type { FormStep, StepValues } from '../step.ts';
import { openKeeper } from './keptDraft.ts';
import { isSame, storedValues, withoutSecrets } from './stepValues.ts';

/** Which form, and with what it begins. */
export interface StepOrder {
  userId: string;
  connectionId: string;
  step: FormStep;
  /** The declared fields of the step. */
  fields: readonly Field[];
  /** What the server has. */
  stored: StepValues;
}

export interface StepDraft {
  name: string;
  form: OpenDraft<StepValues, StepValues>;
  /** What the PSA has said to each right when these were saved last. */
  checks(): readonly Check[] | undefined;
  /** Why the next saves are made, for the audit. */
  giveReason(text: string): void;
  /** How many screens show it. */
  users: number;
}

/** One form for one step: a save that ends after one has left is known to whoever comes back. */
const open = new Map<string, StepDraft>();

/** The form of a step: the one that still saves, or a new one with what was kept. */
export function stepDraft(client: QueryClient, order: StepOrder): StepDraft {
  const name = `${order.userId} ${order.connectionId} ${order.step}`;
  const known = open.get(name);
  if (known && (known.users > 0 || known.form.state().sending)) return known;
  const made = make(client, name, order);
  open.set(name, made);
  return made;
}

/** A screen shows it, until what is answered is called. What is typed and not saved is then in the browser only. */
export function enter(draft: StepDraft): () => void {
  open.set(draft.name, draft);
  draft.users += 1;
  return () => {
    draft.users -= 1;
    void draft.form.idle().then(() => {
      if (draft.users === 0 && open.get(draft.name) === draft) open.delete(draft.name);
    });
  };
}

function make(client: QueryClient, name: string, order: StepOrder): StepDraft {
  const { userId, connectionId, step, fields, stored } = order;
  const keeper = openKeeper(userId, connectionId, step);
  let checks: readonly Check[] | undefined;
  let reason = '';
  const form = openDraft<StepValues, StepValues>(
    {
      valuesOf: (values) => values,
      isSame,
      showsAnswer: false,
      write: (values, base) =>
        runChange(client, async () => {
          const answer = await writeStep(client, { ...order, reason: reasonOf(reason) }, values, base);
          checks = answer.checks;
          return storedValues(answer, step, fields);
        }),
      onChanged(state) {
        const values = withoutSecrets(state.values, fields);
        const isWorthIt = !isSame(state.values, state.settled) && !isSame(values, state.base);
        keeper.keep(isWorthIt ? { values, base: state.base } : undefined);
      },
    },
    stored,
    keeper.found,
  );
  return {
    name,
    form,
    checks: () => checks,
    giveReason: (text) => {
      reason = text;
    },
    users: 0,
  };
}

/**
 * Saves a step whole. The revision counts every change of a connection; when another step was changed meanwhile, nobody's
 * work is in the way and it is sent again.
 * @throws ChangedMeanwhile when this step is not as `base` any more
 */
async function writeStep(
  client: QueryClient,
  { connectionId, step, fields, reason }: StepOrder & { reason: string | undefined },
  values: StepValues,
  base: StepValues,
): Promise<ConnectionWithChecks> {
  const one = connectionQuery(connectionId);
  const put = (ifMatch: string | null) =>
    sendVersioned<ConnectionWithChecks>('PUT', `${connectionPath(connectionId)}/steps/${step}`, {
      body: values,
      ifMatch,
      reason,
    });
  const look = async (lastChange?: LastChange) => {
    await client.cancelQueries({ queryKey: one.queryKey, exact: true });
    return judge(await client.fetchQuery({ ...one, staleTime: 0 }), lastChange);
  };
  const judge = (now: Versioned<Connection>, lastChange?: LastChange) => {
    const theirs = storedValues(now.value, step, fields);
    if (!isSame(theirs, base)) throw new ChangedMeanwhile([], theirs, lastChange);
    return now;
  };
  const known = client.getQueryData(one.queryKey);
  const { value: answer, etag } = await repeatStale(known ? judge(known) : await look(), put, look);
  const { checks: _checks, ...value } = answer;
  await keepAnswer(client, one.queryKey, { value, etag });
  void client.invalidateQueries({ queryKey: connectionsQuery.queryKey, exact: true });
  return answer;
}
