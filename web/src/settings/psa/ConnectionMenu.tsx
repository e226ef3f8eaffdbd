import { ActionIcon, Menu } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useSession, whyNot } from '../../api/session.ts';
import type { Connection } from '../../api/types.ts';
import { useConfirm } from '../../parts/confirm.tsx';
import { tellDone, tellProblem } from '../../parts/tell.tsx';
import type { WizardStep } from '../routes.ts';
import { RenameDialog } from './RenameDialog.tsx';
import { ShareDialog } from './ShareDialog.tsx';
import { useConnectionChange } from './useConnectionChange.ts';
import { useRemove } from './useRemove.tsx';

/** What else one can do with a connection. */
export function ConnectionMenu({ connection }: { connection: Connection }) {
  const { id, name, isDefault, status } = connection;
  const { role } = useSession();
  const navigate = useNavigate();
  const [dialog, setDialog] = useState<'rename' | 'share'>();
  const { change, look } = useConnectionChange(id);
  const remove = useRemove(connection);
  const ask = useConfirm();
  const reason = whyNot(role, 'admin');
  const open = (step?: WizardStep) =>
    void navigate({
      to: '/settings/psa/$connectionId',
      params: { connectionId: id },
      search: step ? { step } : {},
    });
  const makeDefault = async () => {
    const ifMatch = await look();
    const answer = await ask({
      title: `Make ${name} the default?`,
      text: 'Tickets of every organization that names no other connection go there from now on.',
      action: 'Make default',
      reason: 'optional',
    });
    if (!answer) return;
    change.mutate(
      { method: 'PATCH', body: { isDefault: true }, ifMatch, reason: answer.reason },
      {
        onSuccess: () =>
          tellDone(`${name} was made the default: organizations go there unless another one is chosen.`),
      },
    );
  };
  return (
    <>
      <Menu position="bottom-end" width={240}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={`More for ${name}`}>
            <svg viewBox="0 0 20 20" width="16" height="16" aria-hidden="true" fill="currentColor">
              <circle cx="4" cy="10" r="1.8" />
              <circle cx="10" cy="10" r="1.8" />
              <circle cx="16" cy="10" r="1.8" />
            </svg>
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => open(status === 'draft' ? undefined : 'credentials')}>
            {status === 'draft' ? 'Continue' : 'Edit'}
          </Menu.Item>
          {status !== 'draft' && <Menu.Item onClick={() => open('finish')}>Send a test ticket</Menu.Item>}
          {reason && <Menu.Label>{reason}</Menu.Label>}
          {!isDefault && status !== 'draft' && (
            <Menu.Item disabled={reason !== undefined} onClick={() => void makeDefault().catch(tellProblem)}>
              Make default
            </Menu.Item>
          )}
          <Menu.Item disabled={reason !== undefined} onClick={() => setDialog('rename')}>
            Rename
          </Menu.Item>
          <Menu.Item disabled={reason !== undefined} onClick={() => setDialog('share')}>
            Share of the calls
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item
            color="red"
            disabled={reason !== undefined}
            onClick={() => void remove().catch(tellProblem)}
          >
            Remove
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {dialog === 'rename' && <RenameDialog connection={connection} onClose={() => setDialog(undefined)} />}
      {dialog === 'share' && <ShareDialog connection={connection} onClose={() => setDialog(undefined)} />}
    </>
  );
}
