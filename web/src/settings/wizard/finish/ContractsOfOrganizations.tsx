import { Badge, Group, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { mappingsQuery } from '../mapping/set.ts';
import { useUnsavedContracts } from './useUnsaved.ts';

interface ContractsOfOrganizationsProps {
  connectionId: string;
  /** Counts are to go to the contracts. */
  isSyncing: boolean;
}

/** The contract mapping in two sentences. */
export function ContractsOfOrganizations({ connectionId, isSyncing }: ContractsOfOrganizationsProps) {
  const { data } = useQuery(mappingsQuery(connectionId));
  const unsaved = useUnsavedContracts(connectionId);
  if (!data) return null;
  const { mappings, contracts } = data;
  const withContract = mappings.filter(({ contractId }) => contractId !== null);
  const lost = new Set(contracts.filter(({ isActive }) => !isActive).map(({ id }) => id));
  const ended = withContract.filter(({ contractId }) => contractId !== null && lost.has(contractId)).length;
  return (
    <Table.Tr>
      <Table.Th scope="row">Contract mapping</Table.Th>
      <Table.Td>
        {withContract.length} with a contract, {mappings.length - withContract.length} mapped without one.
        {isSyncing && <Text size="sm">Counts of users are not sent yet by this version.</Text>}
        {ended > 0 && (
          <Text size="sm" className="wrong">
            {ended === 1 ? '1 has a contract that is' : `${ended} have contracts that are`} not in force:
            their tickets are made without it.
          </Text>
        )}
        {unsaved > 0 && (
          <Group gap={6} mt={4} role="status">
            <Badge color="yellow" variant="light" radius="sm" size="sm">
              Not saved
            </Badge>
            <Text size="sm">
              {unsaved === 1 ? '1 contract is' : `${unsaved} contracts are`} changed in this browser only.
            </Text>
          </Group>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
