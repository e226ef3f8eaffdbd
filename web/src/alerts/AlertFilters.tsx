import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { ChoiceChip, FilterChip } from '../parts/FilterChip.tsx';
import { OrganizationChip } from '../parts/OrganizationChip.tsx';
import { SearchField } from '../parts/SearchField.tsx';
import { severities, severityLabel } from '../parts/Severity.tsx';
import { deliveryStates, stateLabel } from '../parts/StateBadge.tsx';
import { given } from '../parts/searchParams.ts';
import { TimeChip } from '../parts/TimeChip.tsx';
import type { AlertFilter } from './queries.ts';
import { SavedViews } from './SavedViews.tsx';

const severityChoices = severities.map((value) => ({ value, label: severityLabel(value) }));
const stateChoices = deliveryStates.map((value) => ({ value, label: stateLabel(value) }));

/** The filters above the list; each change is a new address, so going back undoes it. */
export function AlertFilters({ filter }: { filter: AlertFilter }) {
  const navigate = useNavigate({ from: '/alerts' });
  const set = (change: { [K in keyof AlertFilter]: AlertFilter[K] | undefined }, replace = false) =>
    navigate({ search: (now) => given({ ...now, ...change }), replace });
  const isFiltered = Object.keys(filter).length > 0;
  return (
    <search>
      <Stack gap="sm">
        <Group gap="xs" justify="space-between" wrap="nowrap">
          <SearchField
            label="Search title, id, user or device"
            value={filter.q}
            onSearch={(q) => set({ q }, true)}
          />
          <SavedViews filter={filter} />
        </Group>
        <Group gap="xs">
          <ChoiceChip
            label="Severity"
            choices={severityChoices}
            chosen={severities.filter((one) => filter.severity?.split(',').includes(one))}
            onChange={(chosen) => set({ severity: joined(chosen) })}
          />
          <ChoiceChip
            label="State"
            choices={stateChoices}
            chosen={deliveryStates.filter((one) => filter.state?.split(',').includes(one))}
            onChange={(chosen) => set({ state: joined(chosen) })}
          />
          <OrganizationChip
            id={filter.organizationId}
            onChange={(organizationId) => set({ organizationId })}
          />
          <SourceChip source={filter.source} onChange={(source) => set({ source })} />
          <TimeChip label="Received or changed" from={filter.from} to={filter.to} onChange={set} />
          {filter.group && (
            <FilterChip label="Ticket" value="alerts of one ticket" onClear={() => set({ group: undefined })}>
              These alerts share a ticket, or are meant for the same one.
            </FilterChip>
          )}
          {isFiltered && (
            <Button variant="subtle" size="compact-sm" onClick={() => navigate({ search: {} })}>
              Clear all
            </Button>
          )}
        </Group>
      </Stack>
    </search>
  );
}

const joined = (chosen: readonly string[]): string | undefined => chosen.join(',') || undefined;

function SourceChip({
  source,
  onChange,
}: {
  source: string | undefined;
  onChange(source: string | undefined): void;
}) {
  return (
    <FilterChip label="Source" value={source} onClear={() => onChange(undefined)}>
      {(close) => (
        <SourceForm
          source={source}
          onChange={(chosen) => {
            onChange(chosen);
            close();
          }}
        />
      )}
    </FilterChip>
  );
}

function SourceForm({
  source = '',
  onChange,
}: {
  source?: string;
  onChange(source: string | undefined): void;
}) {
  const [text, setText] = useState(source);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onChange(text.trim() || undefined);
      }}
    >
      <Stack gap="xs">
        <TextInput
          label="Source"
          description="As the sender names itself, whole."
          maxLength={200}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Button type="submit" size="compact-md">
          Show
        </Button>
      </Stack>
    </form>
  );
}
