import { Button, Group, SegmentedControl, Tooltip } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useSession, whyNot } from '../../api/session.ts';
import type { Connection } from '../../api/types.ts';
import { ResumeDialog } from './ResumeDialog.tsx';
import { usePause } from './usePause.tsx';

/** Active or Paused; a change asks first and says what it means (req 32–38). A draft is gone on with. */
export function StatusControl({ connection }: { connection: Connection }) {
  const { role } = useSession();
  const navigate = useNavigate();
  const pause = usePause(connection);
  const [isResuming, setResuming] = useState(false);
  const { id, name, status } = connection;
  if (status === 'draft') {
    return (
      <Group gap="xs" wrap="nowrap">
        <span>Draft</span>
        <Button
          size="compact-sm"
          variant="default"
          aria-label={`Continue with ${name}`}
          onClick={() => void navigate({ to: '/settings/psa/$connectionId', params: { connectionId: id } })}
        >
          Continue
        </Button>
      </Group>
    );
  }
  const reason = whyNot(role, 'operator');
  return (
    <>
      <Tooltip label={reason} disabled={reason === undefined}>
        <SegmentedControl
          size="xs"
          aria-label={`Status of ${name}`}
          disabled={reason !== undefined}
          data={[
            { value: 'active', label: 'Active' },
            { value: 'paused', label: 'Paused' },
          ]}
          value={status}
          onChange={(wanted) => {
            if (wanted === 'paused') void pause();
            else setResuming(true);
          }}
        />
      </Tooltip>
      {isResuming && <ResumeDialog connection={connection} onClose={() => setResuming(false)} />}
    </>
  );
}
