import { Button, Group, Radio, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { AuditEntry } from '../api/types.ts';
import { FilterChip } from '../parts/FilterChip.tsx';
import { Foreign } from '../parts/Foreign.tsx';
import { SearchField } from '../parts/SearchField.tsx';
import { given } from '../parts/searchParams.ts';
import { TimeChip } from '../parts/TimeChip.tsx';
import { type Kind, kindLabels, kinds } from './kinds.ts';
import { type AuditFilter, newestEntryQuery } from './queries.ts';

type Filter = Omit<AuditFilter, 'targetKind'> & { targetKind?: Kind };

/** The filters above the list; each change is a new address, so going back undoes it. */
export function AuditFilters({ filter }: { filter: Filter }) {
  const navigate = useNavigate({ from: '/audit' });
  const set = (change: { [K in keyof Filter]: Filter[K] | undefined }, replace = false) =>
    navigate({ search: (now) => given({ ...now, ...change }), replace });
  const { actorId, targetId, targetKind } = filter;
  return (
    <search>
      <Stack gap="sm">
        <SearchField
          label="Search name, value or reason"
          value={filter.q}
          onSearch={(q) => set({ q }, true)}
        />
        <Group gap="xs">
          <KindChip kind={targetKind} onChange={(kind) => set({ targetKind: kind, targetId: undefined })} />
          <TimeChip label="When" from={filter.from} to={filter.to} onChange={set} />
          {targetId && (
            <FilterChip
              label="Thing"
              value={<NewestName filter={{ targetId }} of={({ target }) => target.name} />}
              onClear={() => set({ targetId: undefined })}
            >
              Only what was done to it.
            </FilterChip>
          )}
          {actorId && (
            <FilterChip
              label="By"
              value={<NewestName filter={{ actorId }} of={({ actor }) => actor.name} />}
              onClear={() => set({ actorId: undefined })}
            >
              Only what was done by them.
            </FilterChip>
          )}
          {Object.keys(filter).length > 0 && (
            <Button variant="subtle" size="compact-sm" onClick={() => navigate({ search: {} })}>
              Clear all
            </Button>
          )}
        </Group>
      </Stack>
    </search>
  );
}

/** Things and people are told by their ids in the address; their names stand in the entries. */
function NewestName({ filter, of }: { filter: AuditFilter; of(entry: AuditEntry): string }) {
  const { data } = useQuery(newestEntryQuery(filter));
  const entry = data?.items[0];
  return entry ? <Foreign text={of(entry)} /> : '…';
}

function KindChip({ kind, onChange }: { kind: Kind | undefined; onChange(kind: Kind | undefined): void }) {
  return (
    <FilterChip label="What" value={kind && kindLabels[kind]} onClear={() => onChange(undefined)}>
      {(close) => (
        <Radio.Group
          label="What was changed"
          value={kind ?? ''}
          onChange={(chosen) => {
            onChange(chosen as Kind);
            close();
          }}
        >
          <Stack gap="xs" mt="xs">
            {kinds.map((one) => (
              <Radio key={one} value={one} label={kindLabels[one]} size="sm" />
            ))}
          </Stack>
        </Radio.Group>
      )}
    </FilterChip>
  );
}
