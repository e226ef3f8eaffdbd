import { Badge, Box, Group, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { send } from '../../../api/client.ts';
import { useConfirm } from '../../../parts/confirm.tsx';
import { type Column, DataTable } from '../../../parts/DataTable.tsx';
import { RowButton } from '../../../parts/RowButton.tsx';
import { roleLabel } from '../../../parts/roles.ts';
import { Time } from '../../../parts/Time.tsx';
import { tellDone } from '../../../parts/tell.tsx';
import { type Invitation, invitationsQuery } from '../queries.ts';

/** Invitations that nobody has accepted yet, void ones too; nothing when there are none. */
export function Invitations() {
  const { data: invitations } = useSuspenseQuery(invitationsQuery);
  if (invitations.length === 0) return null;
  return (
    <Stack component="section" aria-label="Open invitations" gap="xs">
      <Title order={2}>Open invitations</Title>
      <DataTable
        label="Open invitations"
        rows={invitations}
        columns={columns}
        idOf={({ id }) => id}
        narrow={narrow}
      />
    </Stack>
  );
}

const columns: Column<Invitation>[] = [
  { key: 'email', label: 'E-mail', cell: ({ email }) => <bdi>{email}</bdi> },
  { key: 'role', label: 'Role', width: '180px', cell: ({ role }) => roleLabel(role) },
  { key: 'by', label: 'Invited by', cell: ({ invitedBy }) => <bdi>{invitedBy}</bdi> },
  {
    key: 'until',
    label: 'Ends',
    cell: ({ expiresAt, isVoid }) => (isVoid ? <Void /> : <Time at={expiresAt} />),
  },
  { key: 'withdraw', label: '', isNumber: true, cell: (invitation) => <Withdraw invitation={invitation} /> },
];

const narrow = (invitation: Invitation) => (
  <Group justify="space-between" wrap="nowrap">
    <div>
      <bdi>{invitation.email}</bdi>
      <Text size="sm" className="quiet">
        {roleLabel(invitation.role)} ·{' '}
        {invitation.isVoid ? (
          <Void />
        ) : (
          <>
            ends <Time at={invitation.expiresAt} />
          </>
        )}
      </Text>
    </div>
    <Box flex="none">
      <Withdraw invitation={invitation} />
    </Box>
  </Group>
);

/** Nobody comes in by it any more; whoever should, is invited again. */
function Void() {
  return (
    <>
      <Badge color="gray" variant="outline" radius="sm" size="sm">
        Void
      </Badge>{' '}
      <Text span size="sm" className="quiet">
        its API key was revoked
      </Text>
    </>
  );
}

function Withdraw({ invitation: { id, email, isVoid } }: { invitation: Invitation }) {
  const client = useQueryClient();
  const ask = useConfirm();
  const withdraw = useMutation({
    mutationFn: (reason: string | undefined) => send('DELETE', `/invitations/${id}`, { reason }),
    onSuccess: () => tellDone(`The invitation for ${email} was withdrawn.`),
    onSettled: () => client.invalidateQueries({ queryKey: invitationsQuery.queryKey }),
  });
  const askFirst = async () => {
    const answer = await ask({
      title: `Withdraw the invitation for ${email}?`,
      text: isVoid
        ? 'Its link does not work any more; it only leaves this list.'
        : 'Its link stops working. You can invite the same address again.',
      action: 'Withdraw',
      reason: 'optional',
      isDangerous: true,
    });
    if (answer) withdraw.mutate(answer.reason);
  };
  return (
    <RowButton label={`Withdraw the invitation for ${email}`} isBusy={withdraw.isPending} onClick={askFirst}>
      Withdraw
    </RowButton>
  );
}
