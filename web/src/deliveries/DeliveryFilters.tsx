import { Group, NativeSelect } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useSession } from '../api/session.ts';
import type { DeliveryState } from '../api/types.ts';
import { deliveryStates, stateLabel } from '../parts/StateBadge.tsx';
import { connectionsQuery } from '../settings/psa/queries.ts';
import type { DeliveryFilter } from './queries.ts';

/** Which deliveries are listed; it stands in the address. */
export function DeliveryFilters({ filter }: { filter: DeliveryFilter }) {
  const { data: connections } = useSuspenseQuery(connectionsQuery);
  const { workspace } = useSession();
  const navigate = useNavigate({ from: '/deliveries' });
  const set = (key: 'state' | 'connectionId', value: string) =>
    navigate({
      search: ({ [key]: _, ...rest }) =>
        value === '' ? rest : { ...rest, [key]: value as DeliveryState & string },
      replace: true,
      resetScroll: false,
    });
  return (
    <Group gap="sm">
      <NativeSelect
        aria-label="State"
        value={filter.state ?? ''}
        data={[
          { value: '', label: 'Every state' },
          ...deliveryStates.map((value) => ({ value, label: stateLabel(value) })),
        ]}
        onChange={(event) => set('state', event.currentTarget.value)}
      />
      <NativeSelect
        aria-label="Way"
        value={filter.connectionId ?? ''}
        data={[
          { value: '', label: 'Every way' },
          ...connections.map(({ id, name }) => ({ value: id, label: name })),
          // The mail of a workspace goes by the workspace's own id.
          { value: workspace.id, label: 'E-mail' },
        ]}
        onChange={(event) => set('connectionId', event.currentTarget.value)}
      />
    </Group>
  );
}
