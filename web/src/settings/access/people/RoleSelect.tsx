import { Select } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { send } from '../../../api/client.ts';
import { type Role, sessionQuery, useSession } from '../../../api/session.ts';
import { useConfirm } from '../../../parts/confirm.tsx';
import { roleInSentence, roleLabel, roles } from '../../../parts/roles.ts';
import { tellDone } from '../../../parts/tell.tsx';
import { etagOf, invitationsQuery, type Person, peopleQuery } from '../queries.ts';

/** The role of a person; changed after a question, for it takes rights away or gives them. */
export function RoleSelect({ person }: { person: Person }) {
  const { user } = useSession();
  const client = useQueryClient();
  const ask = useConfirm();
  const isSelf = person.id === user.id;
  const change = useMutation({
    mutationFn: ({ role, reason }: { role: Role; reason: string | undefined }) =>
      send('PATCH', `/users/${person.id}`, { body: { role }, ifMatch: etagOf(person), reason }),
    onSuccess: (_, { role }) => tellDone(`${person.name} is ${roleInSentence(role)}`),
    onSettled: async () => {
      await client.invalidateQueries({ queryKey: peopleQuery.queryKey });
      await client.invalidateQueries({ queryKey: invitationsQuery.queryKey });
      if (isSelf) await client.invalidateQueries({ queryKey: sessionQuery.queryKey });
    },
  });
  const askFirst = async (role: Role) => {
    const answer = await ask({
      title: `Make ${person.name} ${/^[AEIOU]/.test(roleLabel(role)) ? 'an' : 'a'} ${roleLabel(role).toLowerCase()}?`,
      text: `From now on ${isSelf ? 'you are' : `${person.name} is`} ${roleInSentence(role)}${person.role === 'admin' ? ` Open invitations made by ${isSelf ? 'you' : person.name} end.` : ''}`,
      action: 'Change the role',
      reason: 'optional',
    });
    if (answer) change.mutate({ role, reason: answer.reason });
  };
  return (
    <Select
      aria-label={`Role of ${person.name}`}
      size="xs"
      w={150}
      allowDeselect={false}
      data={roles.map(({ value, label }) => ({ value, label }))}
      value={change.isPending ? change.variables.role : person.role}
      onChange={(role) => role && role !== person.role && void askFirst(role as Role)}
    />
  );
}
