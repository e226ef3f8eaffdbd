/** The values of one step: typed, kept, saved as the server takes them, and told apart from what others have saved. */
import { useDebouncedCallback } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import type { Versioned } from '../../../api/client.ts';
import { asProblem, type FieldError } from '../../../api/problem.ts';
import { useSession, whyNot } from '../../../api/session.ts';
import type { Connection, PsaKind } from '../../../api/types.ts';
import { useDraftState } from '../../../drafts/useDraft.ts';
import { connectionQuery } from '../../psa/queries.ts';
import { type Conflict, type FormStep, focusField, keyOf, type StepForm, type StepValues } from '../step.ts';
import { enter, stepDraft } from './stepDraft.ts';
import { differingKeys, secretsOf, storedValues } from './stepValues.ts';

/** A draft is saved so long after the last key, in milliseconds. */
const pauseMs = 700;

/** `shown`: what the server has, and its revision. */
export function useStepForm(shown: Versioned<Connection>, kind: PsaKind, step: FormStep): StepForm {
  const { user, role } = useSession();
  const client = useQueryClient();
  const connection = shown.value;
  const fields = useMemo(() => kind.fields.filter((field) => field.step === step), [kind, step]);
  const stored = useMemo(() => storedValues(connection, step, fields), [connection, step, fields]);
  const [draft] = useState(() =>
    stepDraft(client, { userId: user.id, connectionId: connection.id, step, fields, stored }),
  );
  const { form } = draft;
  const edit = useDraftState(form, stored);
  useEffect(() => enter(draft), [draft]);
  const [errors, setErrors] = useState<readonly FieldError[]>(() => missingOf(connection, step));
  const [isAsked, setAsked] = useState(false);
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const isAutomatic = connection.status === 'draft' && step !== 'credentials';
  const forAdmins = whyNot(role, 'admin');
  const [reason, setReasonShown] = useState('');
  const setReason = (text: string) => {
    draft.giveReason(text);
    setReasonShown(text);
  };
  const isDirty = form.isDirty();

  useEffect(() => {
    // Nothing typed: what others have saved is shown as it comes.
    if (!form.isDirty()) setErrors(missingOf(connection, step));
  }, [connection, step, form]);

  /** Tells what the server has said to a save. */
  const heard = async (saving: Promise<boolean>): Promise<boolean> => {
    const isTaken = await saving;
    const { problem, conflict } = form.state();
    if (isTaken) {
      const now = client.getQueryData(connectionQuery(connection.id).queryKey)?.value ?? connection;
      setErrors(missingOf(now, step));
      setAsked(false);
      setReason('');
    } else if (!conflict && isInvalid(problem)) setErrors(asProblem(problem).errors);
    return isTaken;
  };
  const save = async (): Promise<boolean> => {
    later.cancel();
    const isTaken = await heard(form.save({ isForced: missingOf(connection, step).length > 0 }));
    if (!isTaken) setAsked(true);
    return isTaken;
  };
  const later = useDebouncedCallback(() => void heard(form.save()), pauseMs);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each change of a value starts the pause again
  useEffect(() => {
    if (isAutomatic && !forAdmins && isDirty && !edit.conflict) later();
  }, [edit.values, edit.base, isDirty]);

  const conflict: Conflict | undefined = edit.conflict && {
    keys: differingKeys(edit.base, edit.conflict.theirs),
    theirs: edit.conflict.theirs,
    lastChange: edit.conflict.lastChange,
    loadTheirs: () => {
      form.loadTheirs();
      setErrors(missingOf(connection, step));
    },
    keepMine: () => void heard(form.keepMine()),
  };
  const isVisible = ({ field, code }: FieldError) =>
    isAsked || code !== 'required' || (field.includes('[') && touched.has(keyOf(field)));

  return {
    step,
    fields,
    values: edit.values,
    storedSecrets: secretsOf(connection, step),
    set: (key, value) => {
      form.type((values) => withValue(values, key, value));
      setErrors((all) => all.filter(({ field }) => keyOf(field) !== key));
      setTouched((keys) => new Set(keys).add(key));
    },
    state: edit.sending ? 'saving' : !isDirty ? 'saved' : errors.length > 0 ? 'kept' : 'unsaved',
    errors,
    shown: errors.filter(isVisible),
    showMissing: () => {
      setAsked(true);
      const first = errors[0];
      // After the errors are there, so that a screen reader reads them with the field.
      if (first) setTimeout(() => focusField(first.field));
    },
    save,
    checks: draft.checks(),
    problem: isInvalid(edit.problem) ? undefined : edit.problem,
    conflict,
    isAutomatic,
    reason,
    setReason,
    whyNot: forAdmins,
  };
}

const isInvalid = (problem: unknown): boolean => asProblem(problem).code === 'invalid';

const missingOf = ({ next }: Connection, step: FormStep): FieldError[] =>
  next.find((one) => one.step === step)?.errors ?? [];

function withValue(values: StepValues, key: string, value: unknown): StepValues {
  const { [key]: _old, ...others } = values;
  return value === undefined ? others : { ...others, [key]: value };
}
