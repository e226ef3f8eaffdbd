import { Button, Checkbox, CloseButton, Group, Popover, Stack } from '@mantine/core';
import { type ReactNode, useState } from 'react';

interface FilterChipProps {
  label: string;
  /** What is chosen, in a few words; nothing when the filter is off. */
  value: ReactNode;
  onClear(): void;
  /** The fields of the filter. */
  children: ReactNode | ((close: () => void) => ReactNode);
}

/** One filter above a list: says what it is set to, and opens to change it. */
export function FilterChip({ label, value, onClear, children }: FilterChipProps) {
  const [isOpen, setOpen] = useState(false);
  const close = () => setOpen(false);
  return (
    <Group gap={0} wrap="nowrap" className={value ? 'filterChip on' : 'filterChip'}>
      <Popover opened={isOpen} onChange={setOpen} position="bottom-start" trapFocus returnFocus shadow="md">
        <Popover.Target>
          <Button
            variant="subtle"
            color="gray"
            size="compact-sm"
            radius="xl"
            fw={400}
            aria-haspopup="dialog"
            onClick={() => setOpen((was) => !was)}
          >
            {value ? (
              <>
                {label}:&nbsp;<strong className="filterValue">{value}</strong>
              </>
            ) : (
              label
            )}
            <span aria-hidden="true" className="caret">
              ▾
            </span>
          </Button>
        </Popover.Target>
        <Popover.Dropdown aria-label={label} miw={220} maw={320}>
          {typeof children === 'function' ? children(close) : children}
        </Popover.Dropdown>
      </Popover>
      {value && (
        <CloseButton
          size="xs"
          radius="xl"
          mr={4}
          aria-label={`Clear the filter ${label}`}
          onClick={onClear}
        />
      )}
    </Group>
  );
}

interface ChoiceChipProps<T extends string> {
  label: string;
  choices: readonly { value: T; label: string }[];
  chosen: readonly T[];
  onChange(chosen: T[]): void;
}

/** A filter of which several values can be chosen. */
export function ChoiceChip<T extends string>({ label, choices, chosen, onChange }: ChoiceChipProps<T>) {
  const words = choices.filter(({ value }) => chosen.includes(value)).map((one) => one.label);
  return (
    <FilterChip label={label} value={words.length > 0 && words.join(', ')} onClear={() => onChange([])}>
      <Checkbox.Group label={label} value={[...chosen]} onChange={(values) => onChange(values as T[])}>
        <Stack gap="xs" mt="xs">
          {choices.map(({ value, label: word }) => (
            <Checkbox key={value} value={value} label={word} size="sm" />
          ))}
        </Stack>
      </Checkbox.Group>
    </FilterChip>
  );
}
