import { Button, Group, Input, PasswordInput, Text } from '@mantine/core';
import { useState } from 'react';
import { fieldId } from '../step.ts';
import { errorOf, type FieldProps, textOf } from './props.ts';

/** A secret is never shown again: one sees that it is set, and can type another one. */
export function SecretField({ field, form }: FieldProps<'secret'>) {
  const { key, label, help, required, maxLength } = field;
  const isStored = form.storedSecrets.has(key);
  const [isChanging, setChanging] = useState(false);
  const error = errorOf(form, key);
  if (isStored && !isChanging && form.values[key] === undefined) {
    return (
      <Input.Wrapper label={label} description={help} withAsterisk={required ?? false} labelElement="div">
        <Group gap="sm" mt={4}>
          <Text>It is set.</Text>
          <Button
            id={fieldId(key)}
            variant="default"
            size="compact-sm"
            aria-label={`Change ${label}`}
            disabled={form.whyNot !== undefined}
            onClick={() => setChanging(true)}
          >
            Change
          </Button>
        </Group>
      </Input.Wrapper>
    );
  }
  return (
    <div>
      <PasswordInput
        id={fieldId(key)}
        label={label}
        description={help}
        error={error}
        withAsterisk={required ?? false}
        maxLength={maxLength}
        autoComplete="new-password"
        autoFocus={isStored}
        disabled={form.whyNot !== undefined}
        value={textOf(form.values[key])}
        visibilityToggleButtonProps={{ 'aria-label': `Show or hide ${label}` }}
        onChange={(event) => form.set(key, event.currentTarget.value || undefined)}
      />
      {isStored && (
        <Button
          variant="subtle"
          size="compact-sm"
          mt={4}
          onClick={() => {
            form.set(key, undefined);
            setChanging(false);
          }}
        >
          Keep the one that is set
        </Button>
      )}
    </div>
  );
}
