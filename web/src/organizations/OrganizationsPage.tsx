import { Button, Group, SegmentedControl, Stack } from '@mantine/core';
import { useSuspenseInfiniteQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useSession, whyNot } from '../api/session.ts';
import { ActionButton } from '../parts/ActionButton.tsx';
import { DataTable } from '../parts/DataTable.tsx';
import { Empty } from '../parts/Empty.tsx';
import { FilterChip } from '../parts/FilterChip.tsx';
import { NothingFits } from '../parts/NothingFits.tsx';
import { Page } from '../parts/Page.tsx';
import { SearchField } from '../parts/SearchField.tsx';
import { connectionsQuery } from '../settings/psa/queries.ts';
import { AddOrganization } from './AddOrganization.tsx';
import { OrganizationLine, organizationColumns } from './columns.tsx';
import { organizationsQuery, unassignedQuery } from './queries.ts';
import { organizationsRoute } from './routes.ts';

const switchFilters = [
  { value: '', label: 'All' },
  { value: 'true', label: 'On' },
  { value: 'false', label: 'Off' },
];

/** All customer environments: how senders name them, where their tickets go, whether anything is delivered. */
export function OrganizationsPage() {
  const { add, ...filters } = organizationsRoute.useSearch();
  const navigate = useNavigate({ from: '/organizations' });
  const { role } = useSession();
  const forAdmins = whyNot(role, 'admin');
  const setAdding = (isOn: boolean) =>
    navigate({ search: { ...filters, ...(isOn && { add: 'yes' as const }) }, replace: true });
  return (
    <Page
      title="Organizations"
      intro="Your customers: how senders name them, the account that gets their tickets, and whether anything is delivered for them."
      actions={
        <>
          <UnassignedLink />
          <ActionButton
            variant="default"
            whyNot={forAdmins}
            onClick={() => navigate({ to: '/organizations/import' })}
          >
            Import
          </ActionButton>
          <ActionButton whyNot={forAdmins} onClick={() => setAdding(true)}>
            + Add organization
          </ActionButton>
        </>
      }
    >
      <Filters />
      <List />
      <AddOrganization isOpen={add === 'yes' && forAdmins === undefined} onClose={() => setAdding(false)} />
    </Page>
  );
}

/** Alerts whose organization is not known are a reason to look. */
function UnassignedLink() {
  const { data } = useSuspenseInfiniteQuery(unassignedQuery);
  const count = data.pages.reduce((sum, { items }) => sum + items.length, 0);
  const isMore = data.pages.at(-1)?.nextCursor !== null;
  return (
    <Button variant="default" renderRoot={(props) => <Link to="/organizations/unassigned" {...props} />}>
      Unassigned ({count}
      {isMore && '+'})
    </Button>
  );
}

function Filters() {
  const { add: _add, ...filters } = organizationsRoute.useSearch();
  const navigate = useNavigate({ from: '/organizations' });
  const { data: connections } = useSuspenseQuery(connectionsQuery);
  const target = connections.find(({ id }) => id === filters.connectionId);
  const { connectionId: _connectionId, ...others } = filters;
  return (
    <Group gap="sm">
      <SearchField
        label="Search names and references"
        value={filters.q}
        onSearch={(q) =>
          navigate({ search: ({ q: _was, ...rest }) => ({ ...rest, ...(q && { q }) }), replace: true })
        }
      />
      <SegmentedControl
        size="xs"
        aria-label="PSA & email"
        data={switchFilters}
        value={filters.enabled ?? ''}
        onChange={(value) =>
          navigate({
            search: ({ enabled: _was, ...rest }) => ({
              ...rest,
              ...(value !== '' && { enabled: value as 'true' | 'false' }),
            }),
            replace: true,
          })
        }
      />
      {connections.length > 1 && (
        <FilterChip
          label="Ticket target"
          value={filters.connectionId && (target?.name ?? 'unknown')}
          onClear={() => navigate({ search: others })}
        >
          {(close) => (
            <Stack gap={4} align="flex-start">
              {connections.map(({ id, name }) => (
                <Button
                  key={id}
                  variant="subtle"
                  size="compact-sm"
                  onClick={() => {
                    close();
                    void navigate({ search: { ...others, connectionId: id } });
                  }}
                >
                  {name}
                </Button>
              ))}
            </Stack>
          )}
        </FilterChip>
      )}
    </Group>
  );
}

function List() {
  const { add: _add, ...filters } = organizationsRoute.useSearch();
  const navigate = useNavigate();
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = useSuspenseInfiniteQuery(
    organizationsQuery(filters),
  );
  const rows = data.pages.flatMap(({ items }) => items);
  if (rows.length === 0) return <Nothing isFiltered={Object.keys(filters).length > 0} />;
  return (
    <DataTable
      label="Organizations"
      rows={rows}
      columns={organizationColumns}
      idOf={({ id }) => id}
      onOpen={({ id }) =>
        navigate({ to: '/organizations/$organizationId', params: { organizationId: id }, search: {} })
      }
      narrow={(row) => <OrganizationLine row={row} />}
      more={hasNextPage ? { isLoading: isFetchingNextPage, load: () => void fetchNextPage() } : undefined}
    />
  );
}

function Nothing({ isFiltered }: { isFiltered: boolean }) {
  if (isFiltered)
    return <NothingFits what="organization" all={<Link to="/organizations">Show all organizations</Link>} />;
  return (
    <Empty title="No organizations yet">
      An organization is one of your customers, with the ids or domains by which your senders name it. Add
      one, or import all of them from a table. Alerts of organizations that are not known go to the catch-all
      account.
    </Empty>
  );
}
