import { Button, Group, Modal, Select, Stack, Tabs, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { send } from '../api/client.ts';
import type { Organization } from '../api/types.ts';
import { ActionButton } from '../parts/ActionButton.tsx';
import { Foreign } from '../parts/Foreign.tsx';
import { ProblemAlert } from '../parts/ProblemAlert.tsx';
import { tellDone } from '../parts/tell.tsx';
import { reasonOf, Why } from '../parts/Why.tsx';
import { NewOrganizationForm } from './NewOrganizationForm.tsx';
import { organizationChoicesQuery, organizationPath, type UnassignedReference } from './queries.ts';
import { kindLabel } from './references.ts';

interface AssignReferenceProps {
  /** Nothing is asked while it is undefined. */
  chosen: UnassignedReference | undefined;
  onClose(): void;
}

/** Asks whose a reference is: an organization that is there, or a new one. */
export function AssignReference({ chosen, onClose }: AssignReferenceProps) {
  return (
    <Modal opened={chosen !== undefined} onClose={onClose} title="Whose is this reference?" centered>
      {chosen && <Question chosen={chosen} onClose={onClose} />}
    </Modal>
  );
}

function Question({ chosen, onClose }: { chosen: UnassignedReference; onClose(): void }) {
  const { kind, value, source, alerts } = chosen;
  return (
    <Stack>
      <Text>
        {kindLabel(kind)}{' '}
        <strong>
          <Foreign text={value} />
        </strong>{' '}
        in alerts of <Foreign text={source} />:{' '}
        {alerts === 1 ? 'one alert' : `${alerts.toLocaleString('en')} alerts`} so far.
      </Text>
      <Tabs defaultValue="there" keepMounted={false}>
        <Tabs.List mb="sm">
          <Tabs.Tab value="there">An organization</Tabs.Tab>
          <Tabs.Tab value="new">A new one</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="there">
          <ToPresent chosen={chosen} onClose={onClose} />
        </Tabs.Panel>
        <Tabs.Panel value="new">
          <ToNew chosen={chosen} onClose={onClose} />
        </Tabs.Panel>
      </Tabs>
    </Stack>
  );
}

/** Decision 22: what was delivered stays where it is. */
function Consequence() {
  return (
    <Text size="sm" className="quiet">
      From now on, alerts of this source with this reference belong to it. Alerts that are here already stay
      as they are: their tickets are not moved.
    </Text>
  );
}

interface Choice {
  chosen: UnassignedReference;
  onClose(): void;
}

function ToPresent({ chosen, onClose }: Choice) {
  const client = useQueryClient();
  const [text, setText] = useState('');
  const [q] = useDebouncedValue(text, 200);
  const [id, setId] = useState<string | null>(null);
  const [reason, setReason] = useState('');
  const { data, isFetching } = useQuery(organizationChoicesQuery(q));
  const assign = useMutation({
    mutationFn: (organizationId: string) =>
      send<Organization>('POST', `${organizationPath(organizationId)}/assign`, {
        body: { reference: chosen.reference },
        reason: reasonOf(reason),
      }),
    onSuccess: ({ name }) => {
      tellDone(`${chosen.value} means ${name} from now on.`);
      onClose();
      return client.invalidateQueries({ queryKey: ['organizations'] });
    },
    meta: { showsProblem: true },
  });
  return (
    <Stack>
      <Select
        label="Organization"
        placeholder="Search by name or reference"
        searchable
        data={(data?.items ?? []).map(({ id: value, name }) => ({ value, label: name }))}
        // The server has searched already, in references too.
        filter={({ options }) => options}
        nothingFoundMessage={isFetching ? 'Searching…' : 'No organization fits. Make a new one instead.'}
        value={id}
        onChange={setId}
        searchValue={text}
        onSearchChange={setText}
      />
      <Consequence />
      <Why label="Why (optional)" value={reason} onChange={setReason} />
      {assign.error && <ProblemAlert error={assign.error} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <ActionButton
          whyNot={id === null ? 'Choose an organization first.' : undefined}
          loading={assign.isPending}
          onClick={() => id !== null && assign.mutate(id)}
        >
          Assign
        </ActionButton>
      </Group>
    </Stack>
  );
}

function ToNew({ chosen: { kind, value, source }, onClose }: Choice) {
  return (
    <NewOrganizationForm
      reference={{ kind, value, source }}
      action="Make it"
      onCancel={onClose}
      onMade={onClose}
    >
      <Consequence />
    </NewOrganizationForm>
  );
}
