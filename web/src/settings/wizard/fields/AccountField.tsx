import { AccountSelect } from '../offers/AccountSelect.tsx';
import { fieldId } from '../step.ts';
import { errorOf, type FieldProps, textOf } from './props.ts';

/** One of the PSA's accounts. */
export function AccountField({ field, form, connectionId }: FieldProps<'account'>) {
  const { key, label, help } = field;
  return (
    <AccountSelect
      id={fieldId(key)}
      connectionId={connectionId}
      accountId={textOf(form.values[key])}
      label={label}
      description={help}
      error={errorOf(form, key)}
      withAsterisk={field.required ?? false}
      disabled={form.whyNot !== undefined}
      onChoose={(id) => {
        form.set(key, id);
        // A contact belongs to its account.
        for (const one of form.fields)
          if (one.kind === 'contact' && one.of === key) form.set(one.key, undefined);
      }}
    />
  );
}
