import { Group, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useSuspenseQuery } from '@tanstack/react-query';
import { useSession, whyNot } from '../../../api/session.ts';
import { ActionButton } from '../../../parts/ActionButton.tsx';
import { type Column, DataTable } from '../../../parts/DataTable.tsx';
import { Time } from '../../../parts/Time.tsx';
import { OnlyAdministrators } from '../OnlyAdministrators.tsx';
import { type Person, peopleQuery } from '../queries.ts';
import { Invitations } from './Invitations.tsx';
import { InviteDialog } from './InviteDialog.tsx';
import { RemovePerson } from './RemovePerson.tsx';
import { RoleSelect } from './RoleSelect.tsx';

/** Everybody who belongs to the workspace, and who is invited. */
export function PeopleTab() {
  return (
    <OnlyAdministrators
      title="People"
      about="Here stand the people of this workspace with their roles, and open invitations."
      action="Invite somebody"
    >
      <People />
    </OnlyAdministrators>
  );
}

function People() {
  const { role } = useSession();
  const { data: people } = useSuspenseQuery(peopleQuery);
  const [isInviting, { open, close }] = useDisclosure(false);
  return (
    <>
      <Group justify="space-between">
        <Text className="quiet" maw={640}>
          Viewers see everything, operators do the daily work, administrators change settings, people and
          keys.
        </Text>
        <ActionButton onClick={open} whyNot={whyNot(role, 'admin')}>
          Invite somebody
        </ActionButton>
      </Group>
      <DataTable label="People" rows={people} columns={columns} idOf={({ id }) => id} narrow={narrow} />
      <Invitations />
      <InviteDialog isOpen={isInviting} onClose={close} />
    </>
  );
}

const columns: Column<Person>[] = [
  { key: 'name', label: 'Name', cell: (person) => <Named person={person} /> },
  { key: 'role', label: 'Role', width: '180px', cell: (person) => <RoleSelect person={person} /> },
  {
    key: 'factor',
    label: 'Second factor',
    cell: ({ hasSecondFactor }) => (hasSecondFactor ? 'Set up' : 'None'),
  },
  {
    key: 'last',
    label: 'Last sign-in',
    cell: ({ lastSignInAt }) => (lastSignInAt ? <Time at={lastSignInAt} /> : 'Never'),
  },
  { key: 'remove', label: '', isNumber: true, cell: (person) => <RemovePerson person={person} /> },
];

const narrow = (person: Person) => (
  <>
    <Group justify="space-between" wrap="nowrap">
      <Named person={person} />
      <RemovePerson person={person} />
    </Group>
    <Group justify="space-between" wrap="nowrap" mt={4}>
      <RoleSelect person={person} />
      <Text size="sm" className="quiet">
        {person.lastSignInAt ? <Time at={person.lastSignInAt} /> : 'Never signed in'}
      </Text>
    </Group>
  </>
);

function Named({ person: { id, name, email } }: { person: Person }) {
  const { user } = useSession();
  return (
    <div>
      <bdi>{name}</bdi>
      {id === user.id && (
        <Text span inherit className="quiet">
          {' '}
          (you)
        </Text>
      )}
      <Text size="sm" className="quiet">
        <bdi>{email}</bdi>
      </Text>
    </div>
  );
}
