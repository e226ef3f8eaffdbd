/** The values of one step: typed, kept, saved as the server takes them, and told apart from what others have saved. */
import { useDebouncedCallback } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Versioned } from '../../api/client.ts';
import { asProblem, type FieldError } from '../../api/problem.ts';
import { useSession, whyNot } from '../../api/session.ts';
import type { Connection, PsaKind } from '../../api/types.ts';
import { connectionQuery } from '../psa/queries.ts';
import { keepDraft, readKept } from './keptDraft.ts';
import { type Conflict, type FormStep, focusField, keyOf, type StepForm, type StepValues } from './step.ts';
import { differingKeys, isSame, secretsOf, storedValues, withoutSecrets } from './stepValues.ts';
import { useSaveStep } from './useSaveStep.ts';

/** A draft is saved so long after the last key, in milliseconds. */
const pauseMs = 700;

interface Edit {
  values: StepValues;
  /** What the server had when this was typed. */
  base: StepValues;
  isDirty: boolean;
}

/** `shown`: what the server has, and its revision. */
export function useStepForm(shown: Versioned<Connection>, kind: PsaKind, step: FormStep): StepForm {
  const { user, role } = useSession();
  const client = useQueryClient();
  const connection = shown.value;
  const fields = kind.fields.filter((field) => field.step === step);
  const stored = storedValues(connection, step, fields);
  const [edit, setEdit] = useState<Edit>(() => {
    const kept = readKept(user.id, connection.id, step);
    return kept ? { ...kept, isDirty: true } : { values: stored, base: stored, isDirty: false };
  });
  const [errors, setErrors] = useState<readonly FieldError[]>(() => missingOf(connection, step));
  const [problem, setProblem] = useState<unknown>();
  const [isAsked, setAsked] = useState(false);
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const saving = useSaveStep(connection.id, step);
  const isAutomatic = connection.status === 'draft' && step !== 'credentials';
  const reason = whyNot(role, 'admin');
  const isTheirs = edit.isDirty && !isSame(edit.base, stored);

  useEffect(() => {
    // Nothing typed: what others have saved is shown as it comes.
    if (!edit.isDirty && !isSame(edit.base, stored)) {
      setEdit({ values: stored, base: stored, isDirty: false });
      setErrors(missingOf(connection, step));
    }
  });
  useEffect(() => {
    const { values, base, isDirty } = edit;
    const kept = isDirty ? { values: withoutSecrets(values, fields), base } : undefined;
    const isWorthIt = kept && !isSame(kept.values, base);
    keepDraft(user.id, connection.id, step, isWorthIt ? kept : undefined);
  });

  /** `base`: the state over which one saves. */
  const send = async (values: StepValues, base: StepValues): Promise<boolean> => {
    setProblem(undefined);
    const now = client.getQueryData(connectionQuery(connection.id).queryKey)?.value ?? connection;
    if (!isSame(storedValues(now, step, fields), base)) return false;
    try {
      const answer = await saving.mutateAsync({
        values,
        isStillOurs: (at) => isSame(storedValues(at, step, fields), base),
      });
      const after = storedValues(answer, step, fields);
      // What was typed while it was on its way is not saved yet.
      setEdit((is) => ({ ...is, base: after, isDirty: !isSame(is.values, values) }));
      setErrors(missingOf(answer, step));
      setAsked(false);
      return true;
    } catch (error) {
      const failed = asProblem(error);
      if (failed.status === 412) return false;
      if (failed.code === 'invalid') setErrors(failed.errors);
      else setProblem(error);
      return false;
    }
  };
  const save = async (): Promise<boolean> => {
    later.cancel();
    if (!edit.isDirty && missingOf(connection, step).length === 0) return true;
    const isTaken = await send(edit.values, edit.base);
    if (!isTaken) setAsked(true);
    return isTaken;
  };
  const later = useDebouncedCallback(() => void send(edit.values, edit.base), pauseMs);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each change of a value starts the pause again
  useEffect(() => {
    if (isAutomatic && !reason && edit.isDirty && !isTheirs) later();
  }, [edit.values, edit.base, edit.isDirty]);

  const conflict: Conflict | undefined = isTheirs
    ? {
        keys: differingKeys(edit.base, stored),
        theirs: stored,
        loadTheirs: () => {
          setEdit({ values: stored, base: stored, isDirty: false });
          setErrors(missingOf(connection, step));
        },
        keepMine: () => {
          setEdit((is) => ({ ...is, base: stored }));
          void send(edit.values, stored);
        },
      }
    : undefined;
  const isVisible = ({ field, code }: FieldError) =>
    isAsked || code !== 'required' || (field.includes('[') && touched.has(keyOf(field)));

  return {
    step,
    fields,
    values: edit.values,
    storedSecrets: secretsOf(connection, step),
    set: (key, value) => {
      setEdit((is) => ({ ...is, values: withValue(is.values, key, value), isDirty: true }));
      setErrors((all) => all.filter(({ field }) => keyOf(field) !== key));
      setTouched((keys) => new Set(keys).add(key));
    },
    state: saving.isPending ? 'saving' : !edit.isDirty ? 'saved' : errors.length > 0 ? 'kept' : 'unsaved',
    errors,
    shown: errors.filter(isVisible),
    showMissing: () => {
      setAsked(true);
      const first = errors[0];
      // After the errors are there, so that a screen reader reads them with the field.
      if (first) setTimeout(() => focusField(first.field));
    },
    save,
    checks: saving.data?.checks,
    problem,
    conflict,
    isAutomatic,
    whyNot: reason,
  };
}

const missingOf = ({ next }: Connection, step: FormStep): FieldError[] =>
  next.find((one) => one.step === step)?.errors ?? [];

function withValue(values: StepValues, key: string, value: unknown): StepValues {
  const { [key]: _old, ...others } = values;
  return value === undefined ? others : { ...others, [key]: value };
}
