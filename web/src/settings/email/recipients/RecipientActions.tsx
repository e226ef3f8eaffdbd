import { Group } from '@mantine/core';
import { useSession, whyNot } from '../../../api/session.ts';
import { ActionButton } from '../../../parts/ActionButton.tsx';
import type { Recipient } from '../queries.ts';
import { useAllowRecipient, useRemoveRecipient } from './changes.ts';

const look = { size: 'compact-sm', variant: 'subtle', color: 'gray', fw: 500 } as const;

/** What one can do with a recipient. */
export function RecipientActions({
  recipient,
  onEdit,
}: {
  recipient: Recipient;
  onEdit(one: Recipient): void;
}) {
  const { role } = useSession();
  const { remove, isPending } = useRemoveRecipient();
  const forAdmins = whyNot(role, 'admin');
  return (
    <Group gap={2} wrap="nowrap" justify="flex-end">
      <ActionButton
        {...look}
        aria-label={`Edit ${recipient.address}`}
        whyNot={forAdmins}
        onClick={() => onEdit(recipient)}
      >
        Edit
      </ActionButton>
      <ActionButton
        {...look}
        aria-label={`Remove ${recipient.address}`}
        whyNot={forAdmins}
        loading={isPending}
        onClick={() => void remove(recipient)}
      >
        Remove
      </ActionButton>
    </Group>
  );
}

/** A way back for an address that was refused too often. */
export function SendAgain({ recipient }: { recipient: Recipient }) {
  const { role } = useSession();
  const { allow, isPending } = useAllowRecipient();
  return (
    <ActionButton
      size="compact-xs"
      variant="default"
      aria-label={`Send to ${recipient.address} again`}
      whyNot={whyNot(role, 'operator')}
      loading={isPending}
      onClick={() => void allow(recipient)}
    >
      Send again
    </ActionButton>
  );
}
