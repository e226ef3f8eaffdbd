import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { FilterChip } from './FilterChip.tsx';

interface Span {
  from: string | undefined;
  to: string | undefined;
}

const lastHours = [
  { hours: 1, label: 'Last hour' },
  { hours: 24, label: 'Last 24 hours' },
  { hours: 168, label: 'Last 7 days' },
];
const shown = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });

/** When something came in, or happened. The address holds times in UTC; one reads and types those of one's own clock. */
export function TimeChip({
  label,
  from,
  to,
  onChange,
}: Span & { label: string; onChange(span: Span): void }) {
  return (
    <FilterChip
      label={label}
      value={spanInWords({ from, to })}
      onClear={() => onChange({ from: undefined, to: undefined })}
    >
      {(close) => (
        <SpanForm
          from={from}
          to={to}
          onChange={(span) => {
            onChange(span);
            close();
          }}
        />
      )}
    </FilterChip>
  );
}

function SpanForm({ from, to, onChange }: Span & { onChange(span: Span): void }) {
  const [first, setFirst] = useState(toLocal(from));
  const [last, setLast] = useState(toLocal(to));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onChange({ from: toUtc(first), to: toUtc(last) });
      }}
    >
      <Stack gap="xs">
        <Group gap={4}>
          {lastHours.map(({ hours, label }) => (
            <Button
              key={hours}
              variant="default"
              size="compact-xs"
              onClick={() =>
                onChange({ from: new Date(Date.now() - hours * 3_600_000).toISOString(), to: undefined })
              }
            >
              {label}
            </Button>
          ))}
        </Group>
        <TextInput
          type="datetime-local"
          label="From"
          value={first}
          onChange={(event) => setFirst(event.currentTarget.value)}
        />
        <TextInput
          type="datetime-local"
          label="Before"
          value={last}
          onChange={(event) => setLast(event.currentTarget.value)}
        />
        <Button type="submit" size="compact-md">
          Show
        </Button>
      </Stack>
    </form>
  );
}

const timeOf = (text: string | undefined): number | undefined => {
  const time = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
};

function spanInWords({ from, to }: Span): string | undefined {
  const [first, last] = [timeOf(from), timeOf(to)];
  if (first !== undefined && last !== undefined) return `${shown.format(first)} to ${shown.format(last)}`;
  if (first !== undefined) return `since ${shown.format(first)}`;
  return last === undefined ? undefined : `before ${shown.format(last)}`;
}

/** As a field for local times wants it: "2026-11-22T14:05". */
function toLocal(text: string | undefined): string {
  const time = timeOf(text);
  if (time === undefined) return '';
  const minutesEast = -new Date(time).getTimezoneOffset();
  return new Date(time + minutesEast * 60_000).toISOString().slice(0, 16);
}

function toUtc(local: string): string | undefined {
  const time = timeOf(local || undefined);
  return time === undefined ? undefined : new Date(time).toISOString();
}
