import { Anchor, Group, Stack, Text, Title } from '@mantine/core';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { Connection, PsaKind } from '../../../api/types.ts';
import { ProblemAlert } from '../../../parts/ProblemAlert.tsx';
import { wizardRoute } from '../../routes.ts';
import { RowsWhy } from '../mapping/RowsWhy.tsx';
import { SearchBar } from '../mapping/SearchBar.tsx';
import { useTableSearch } from '../mapping/useTableSearch.ts';
import { AcceptExact } from './AcceptExact.tsx';
import { AccountFilterBar } from './AccountFilterBar.tsx';
import { AccountTable } from './AccountTable.tsx';
import { readFilters, writeFilters } from './accountFilters.ts';
import { IgnoredAccounts } from './IgnoredAccounts.tsx';
import { organizationsQuery, suggestionsQuery } from './queries.ts';
import { acceptedOf, type Counts, countsOf, rowsOf, shownRows, type Target } from './rows.ts';
import type { AccountEdits } from './useAccountEdits.ts';

interface AccountMappingProps {
  connection: Connection;
  kind: PsaKind;
  edits: AccountEdits;
  withContacts: boolean;
  whyNot: string | undefined;
}

/** The mapping table with all that belongs to it; what is seen of it stands in the address. */
export function AccountMapping({ connection, kind, edits, withContacts, whyNot }: AccountMappingProps) {
  const { id } = connection;
  const { show, filters: filterText, ignored } = wizardRoute.useSearch();
  const search = useTableSearch();
  const { put, soughtFor } = search;
  const ignoredIds = useMemo(() => new Set(edits.set.ignoredAccountIds), [edits.set.ignoredAccountIds]);
  const rows = useRows(id, edits, ignoredIds);
  const counts = useMemo(() => countsOf(rows), [rows]);
  const shown = useMemo(() => shownRows(rows, soughtFor, show), [rows, soughtFor, show]);
  const filters = useMemo(() => readFilters(filterText, kind.accountFilters), [filterText, kind]);
  const [batch, setBatch] = useState<(readonly [string, Target])[]>();
  const acceptExact = () => {
    const exact = rows.filter(({ suggestion }) => suggestion?.match === 'exact');
    edits.change(exact.map((row) => [row.organizationId, acceptedOf(row)]));
    setBatch(exact.map(({ organizationId, target }) => [organizationId, target]));
  };
  const undoAll = () => {
    edits.change(batch ?? []);
    setBatch(undefined);
  };

  return (
    <Stack gap="sm">
      <Group justify="space-between" align="baseline">
        <Title order={3}>Organizations and their accounts</Title>
        <Text size="sm" className="quiet" role="status">
          {openWords(counts)}
        </Text>
      </Group>
      <RowsWhy edits={edits} whyNot={whyNot} />
      <Group gap="sm" justify="space-between">
        <SearchBar
          search={search}
          label="Search organizations and accounts"
          placeholder="Search organizations ( / )"
          show={show}
          choices={[
            { show: 'all', words: 'All', count: counts.all },
            { show: 'open', words: 'Open', count: counts.open },
            { show: 'mapped', words: 'Mapped', count: counts.mapped },
            { show: 'suggested', words: 'Suggested', count: counts.suggested },
          ]}
        />
        <AcceptExact
          counts={counts}
          whyNot={whyNot}
          onAccept={acceptExact}
          onUndo={batch ? undoAll : undefined}
        />
      </Group>
      <AccountFilterBar
        connectionId={id}
        kind={kind}
        filters={filters}
        onChange={(next) => put({ filters: writeFilters(next) })}
      />
      {edits.problem !== undefined && (
        <ProblemAlert
          error={edits.problem}
          title="The mappings were not saved"
          onRetry={() => void edits.save()}
        />
      )}
      <AccountTable
        connectionId={id}
        rows={shown}
        edits={edits}
        filters={filters}
        withContacts={withContacts}
        whyNot={whyNot}
      />
      <Group justify="space-between">
        <Text size="xs" className="quiet">
          Arrows or j k walk through the rows, Enter chooses, a accepts what is suggested.
        </Text>
        <Anchor
          component="button"
          type="button"
          size="sm"
          aria-expanded={ignored === 'shown'}
          onClick={() => put({ ignored: ignored ? undefined : 'shown' })}
        >
          {ignored ? 'Hide ignored accounts' : `Ignored accounts (${ignoredIds.size.toLocaleString('en')})`}
        </Anchor>
      </Group>
      {ignored && (
        <IgnoredAccounts connectionId={id} filters={filters} reason={edits.reason} whyNot={whyNot} />
      )}
    </Stack>
  );
}

function useRows(connectionId: string, { stored, changes }: AccountEdits, ignored: ReadonlySet<string>) {
  const { data: organizations } = useSuspenseQuery(organizationsQuery);
  const { data } = useQuery(suggestionsQuery(connectionId));
  const suggestions = useMemo(
    () => new Map((data?.items ?? []).map((one) => [one.organizationId, one])),
    [data],
  );
  return useMemo(
    () => rowsOf({ connectionId, organizations, stored, changes, suggestions, ignored }),
    [connectionId, organizations, stored, changes, suggestions, ignored],
  );
}

function openWords({ all, open, mapped }: Counts): string {
  if (all === 0) return 'No organization yet';
  if (open === 0) return 'Every organization is mapped';
  return `${mapped.toLocaleString('en')} mapped, ${open.toLocaleString('en')} open`;
}
