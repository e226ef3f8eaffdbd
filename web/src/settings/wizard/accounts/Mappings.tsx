import { Anchor, Group, Stack, Text, Title } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { useDeferredValue, useMemo, useState } from 'react';
import type { Connection, PsaKind } from '../../../api/types.ts';
import { ProblemAlert } from '../../../parts/ProblemAlert.tsx';
import { wizardRoute } from '../../routes.ts';
import { AccountFilterBar } from './AccountFilterBar.tsx';
import { readFilters, writeFilters } from './accountFilters.ts';
import { IgnoredAccounts } from './IgnoredAccounts.tsx';
import { MappingBar } from './MappingBar.tsx';
import { acceptedOf } from './MappingRow.tsx';
import { MappingTable } from './MappingTable.tsx';
import { organizationsQuery, suggestionsQuery } from './queries.ts';
import { type Counts, countsOf, rowsOf, shownRows, type Target } from './rows.ts';
import type { MappingEdits } from './useMappings.ts';

interface MappingsProps {
  connection: Connection;
  kind: PsaKind;
  edits: MappingEdits;
  withContacts: boolean;
  whyNot: string | undefined;
}

/** The mapping table with all that belongs to it; what is seen of it stands in the address. */
export function Mappings({ connection, kind, edits, withContacts, whyNot }: MappingsProps) {
  const { id } = connection;
  const { q: wanted = '', show, filters: filterText, ignored } = wizardRoute.useSearch();
  const navigate = wizardRoute.useNavigate();
  const rows = useRows(id, edits);
  const counts = useMemo(() => countsOf(rows), [rows]);
  const [q, setQ] = useState(wanted);
  const soughtFor = useDeferredValue(q);
  const shown = useMemo(() => shownRows(rows, soughtFor, show), [rows, soughtFor, show]);
  const filters = useMemo(() => readFilters(filterText, kind.accountFilters), [filterText, kind]);
  const [batch, setBatch] = useState<(readonly [string, Target])[]>();
  const put = (search: Partial<ReturnType<typeof wizardRoute.useSearch>>) =>
    void navigate({ search: (before) => ({ ...before, ...search }), replace: true, resetScroll: false });
  const putQ = useDebouncedCallback((text: string) => put({ q: text || undefined }), 300);
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
      <MappingBar
        q={q}
        show={show}
        counts={counts}
        whyNot={whyNot}
        onSearch={(text) => {
          setQ(text);
          putQ(text);
        }}
        onShow={(one) => put({ show: one })}
        onAcceptExact={acceptExact}
        onUndoAll={batch ? undoAll : undefined}
      />
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
      <MappingTable
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
          {ignored
            ? 'Hide ignored accounts'
            : `Ignored accounts (${edits.ignored.size.toLocaleString('en')})`}
        </Anchor>
      </Group>
      {ignored && <IgnoredAccounts connectionId={id} filters={filters} whyNot={whyNot} />}
    </Stack>
  );
}

function useRows(connectionId: string, { stored, changes, ignored }: MappingEdits) {
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
