import { Radio, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { z } from 'zod';
import type { newlyMadeInvitation } from '../../../../../src/access/people/schemas.ts';
import { send } from '../../../api/client.ts';
import type { Role } from '../../../api/session.ts';
import { errorAt } from '../../../parts/fieldErrors.ts';
import { roles } from '../../../parts/roles.ts';
import { invitationsQuery } from '../queries.ts';
import { SecretDialog, SecretForm } from '../SecretDialog.tsx';

interface InviteDialogProps {
  isOpen: boolean;
  onClose(): void;
}

/** Makes a link that one hands over oneself: Herald sends no mail of its own here. */
export function InviteDialog({ isOpen, onClose }: InviteDialogProps) {
  return (
    <SecretDialog isOpen={isOpen} onClose={onClose} title="Invite somebody">
      <Invite onClose={onClose} />
    </SecretDialog>
  );
}

function Invite({ onClose }: { onClose(): void }) {
  const client = useQueryClient();
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const invite = useMutation({
    mutationFn: () =>
      send<z.output<typeof newlyMadeInvitation>>('POST', '/invitations', {
        body: { email: email.trim(), role },
      }),
    meta: { showsProblem: true },
    onSuccess: () => client.invalidateQueries({ queryKey: invitationsQuery.queryKey }),
  });
  return (
    <SecretForm
      action="Make the link"
      making={invite}
      refusal="Nobody was invited"
      made={
        invite.data && {
          title: 'The invitation is made',
          value: invite.data.link,
          what: 'link',
          words: `Hand this link to ${email.trim()} over a channel that you trust. Whoever has it can accept the invitation, once and within seven days.`,
        }
      }
      onClose={onClose}
    >
      <TextInput
        label="E-mail"
        description="The account is for this address. Herald sends nothing to it: you hand the link over."
        type="email"
        required
        withAsterisk={false}
        data-autofocus
        value={email}
        error={errorAt(invite.error, 'email')}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
      <Radio.Group label="Role" value={role} onChange={(value) => setRole(value as Role)}>
        <Stack gap="xs" mt={4}>
          {roles.map(({ value, label, means }) => (
            <Radio key={value} value={value} label={label} description={sentence(means)} />
          ))}
        </Stack>
      </Radio.Group>
    </SecretForm>
  );
}

const sentence = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
