import { Anchor, Button, Group, Menu, Stack, Text, Textarea } from '@mantine/core';
import { useRef, useState } from 'react';
import { fieldId, type StepForm } from '../step.ts';
import { errorAt, type FieldOf, textOf } from './props.ts';
import { TemplateMistake } from './TemplateMistake.tsx';

/** Those that most subjects are made of; the others are in the menu. */
const common = new Set([
  'alert.title',
  'alert.user.email',
  'alert.device.name',
  'alert.rule.name',
  'alert.severity',
  'organization.name',
]);

interface TemplateFieldProps {
  field: Omit<FieldOf<'template'>, 'step'>;
  form: Pick<StepForm, 'values' | 'shown' | 'set' | 'whyNot'>;
  /** The question that presets are answers to. */
  presetsTitle?: string;
}

/** A text with fields of the alert in it: chips put them in where the cursor stands. */
export function TemplateField({
  field,
  form,
  presetsTitle = 'What should be handled together?',
}: TemplateFieldProps) {
  const { key, label, help, presets = [], names = [] } = field;
  const area = useRef<HTMLTextAreaElement>(null);
  const [before, setBefore] = useState<string>();
  const text = textOf(form.values[key]);
  const error = errorAt(form, key);
  const isDisabled = form.whyNot !== undefined;
  const put = (next: string) => {
    setBefore(undefined);
    form.set(key, next === '' ? undefined : next);
  };
  const goTo = (at: number) => {
    area.current?.focus();
    area.current?.setSelectionRange(at, at);
  };
  const insert = (path: string) => {
    const { selectionStart = text.length, selectionEnd = text.length } = area.current ?? {};
    const piece = `{{ ${path} }}`;
    put(text.slice(0, selectionStart) + piece + text.slice(selectionEnd));
    // After the new text is in the field.
    requestAnimationFrame(() => goTo(selectionStart + piece.length));
  };
  return (
    <Stack gap={6}>
      <Textarea
        ref={area}
        id={fieldId(key)}
        label={label}
        description={help}
        withAsterisk={field.required ?? false}
        autosize
        minRows={1}
        spellCheck={false}
        disabled={isDisabled}
        className="templateText"
        error={error !== undefined}
        {...(error && { 'aria-describedby': `${fieldId(key)}-mistake` })}
        value={text}
        onChange={(event) => put(event.currentTarget.value.replace(/[\r\n]+/g, ' '))}
      />
      {error && <TemplateMistake id={`${fieldId(key)}-mistake`} text={text} error={error} onGoTo={goTo} />}
      {!isDisabled && (
        <Group gap={6} role="group" aria-label={`Put into ${label}`}>
          {presets.length > 0 && (
            <Presets
              title={presetsTitle}
              presets={presets}
              onChoose={(template) => {
                put(template);
                if (text !== '' && text !== template) setBefore(text);
              }}
            />
          )}
          {names
            .filter(({ path }) => common.has(path))
            .map(({ path, label: words }) => (
              <Button
                key={path}
                size="compact-xs"
                variant="default"
                title={path}
                onClick={() => insert(path)}
              >
                {words}
              </Button>
            ))}
          {names.length > 0 && <AllNames names={names} onChoose={insert} />}
        </Group>
      )}
      {before !== undefined && (
        <Text size="sm" className="quiet" role="status">
          What you had was replaced.{' '}
          <Anchor component="button" type="button" size="sm" onClick={() => put(before)}>
            Put it back
          </Anchor>
        </Text>
      )}
    </Stack>
  );
}

interface AllNamesProps {
  names: readonly { path: string; label: string; example: string }[];
  onChoose(path: string): void;
}

function AllNames({ names, onChoose }: AllNamesProps) {
  return (
    <Menu position="bottom-start" width={360} returnFocus={false}>
      <Menu.Target>
        <Button size="compact-xs" variant="subtle">
          All fields …
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={320} className="scrolls">
        {names.map(({ path, label, example }) => (
          <Menu.Item key={path} onClick={() => onChoose(path)}>
            <Text size="sm">{label}</Text>
            <Text size="xs" className="quiet" truncate>
              {path} · {example}
            </Text>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

interface PresetsProps {
  title: string;
  presets: readonly { label: string; template: string }[];
  onChoose(template: string): void;
}

function Presets({ title, presets, onChoose }: PresetsProps) {
  return (
    <Menu position="bottom-start" width={400}>
      <Menu.Target>
        <Button size="compact-xs" variant="subtle">
          Presets …
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={360} className="scrolls">
        <Menu.Label>{title}</Menu.Label>
        {presets.map(({ label, template }) => (
          <Menu.Item key={label} onClick={() => onChoose(template)}>
            <Text size="sm">{label}</Text>
            <Text size="xs" className="quiet wraps">
              {template}
            </Text>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
