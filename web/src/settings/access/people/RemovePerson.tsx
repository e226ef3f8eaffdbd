import { useMutation, useQueryClient } from '@tanstack/react-query';
import { send } from '../../../api/client.ts';
import { sessionQuery, useSession } from '../../../api/session.ts';
import { useConfirm } from '../../../parts/confirm.tsx';
import { RowButton } from '../../../parts/RowButton.tsx';
import { tellDone } from '../../../parts/tell.tsx';
import { etagOf, invitationsQuery, type Person, peopleQuery } from '../queries.ts';

/** Takes a person out of the workspace, after a question that says what it means. */
export function RemovePerson({ person }: { person: Person }) {
  const { user, workspace } = useSession();
  const client = useQueryClient();
  const ask = useConfirm();
  const isSelf = person.id === user.id;
  const remove = useMutation({
    mutationFn: (reason: string | undefined) =>
      send('DELETE', `/users/${person.id}`, { reason, ifMatch: etagOf(person) }),
    onSuccess: () => tellDone(`${person.name} was removed from ${workspace.name}.`),
    onSettled: async (_, error) => {
      if (isSelf && !error) return client.invalidateQueries({ queryKey: sessionQuery.queryKey });
      await client.invalidateQueries({ queryKey: peopleQuery.queryKey });
      await client.invalidateQueries({ queryKey: invitationsQuery.queryKey });
    },
  });
  const askFirst = async () => {
    const answer = await ask({
      title: isSelf ? `Leave ${workspace.name}?` : `Remove ${person.name}?`,
      text: isSelf
        ? 'You are signed out and cannot come back without an invitation. What you did stays in the audit.'
        : `${person.name} is signed out within seconds and cannot sign in here any more. What ${person.name} did stays in the audit. Open invitations by ${person.name} end; API keys stay: revoke those that ${person.name} knows.`,
      action: isSelf ? 'Leave' : 'Remove',
      isDangerous: true,
      reason: 'optional',
    });
    if (answer) remove.mutate(answer.reason);
  };
  return (
    <RowButton
      label={isSelf ? `Leave ${workspace.name}` : `Remove ${person.name}`}
      isBusy={remove.isPending}
      onClick={askFirst}
    >
      {isSelf ? 'Leave' : 'Remove'}
    </RowButton>
  );
}
