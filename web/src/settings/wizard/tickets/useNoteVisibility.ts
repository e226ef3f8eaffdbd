import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { Connection } from '../../../api/types.ts';
import { useConfirm } from '../../../parts/confirm.tsx';
import { choicesQuery } from '../offers/queries.ts';
import type { StepForm } from '../step.ts';

/**
 * Who may read the notes: begins with what the client cannot see, and asks before the client can (decision 20).
 * Answers the form with that guard, where nothing counts as unsaved while that beginning is all there is, and whether the client reads the notes now.
 */
export function useNoteVisibility(
  { id: connectionId, steps }: Connection,
  form: StepForm,
): { form: StepForm; isVisible: boolean } {
  const confirm = useConfirm();
  const field = form.fields.find(({ role }) => role === 'noteVisibility');
  const key = field?.key ?? '';
  const { data: choices } = useQuery({ ...choicesQuery(connectionId, key), enabled: field !== undefined });
  const value = form.values[key];
  const isClientVisible = (id: unknown) => choices?.find((one) => one.id === id)?.isClientVisible === true;
  const inside = choices?.filter((one) => one.isActive && !one.isClientVisible) ?? [];
  const first = inside.find(({ isDefault }) => isDefault) ?? inside[0];
  const begun = useRef(false);
  useEffect(() => {
    if (begun.current || !first || value !== undefined || form.whyNot !== undefined) return;
    begun.current = true;
    form.set(key, first.id);
  }, [first, value, form, key]);

  const set: StepForm['set'] = async (changed, next) => {
    if (changed !== key || !isClientVisible(next) || isClientVisible(value)) return form.set(changed, next);
    const label = choices?.find(({ id }) => id === next)?.label ?? '';
    const answer = await confirm({
      title: 'Your client will read the notes',
      text: `With "${label}" the client sees each note in the portal, and may get it by e-mail: the title, the description, user names, devices and addresses of each further alert, and what is recommended.`,
      action: 'Let the client read them',
    });
    if (answer) form.set(changed, next);
  };
  const isUntouched =
    steps[form.step] === undefined &&
    value === first?.id &&
    Object.keys(form.values).every((one) => one === key);
  const state = isUntouched ? 'saved' : form.state;
  return { form: { ...form, set, state }, isVisible: isClientVisible(value) };
}
