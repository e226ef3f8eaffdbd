import { Button, Group, Modal, Radio, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { asProblem } from '../../api/problem.ts';
import type { Connection } from '../../api/types.ts';
import { ProblemAlert } from '../../parts/ProblemAlert.tsx';
import { tellDone } from '../../parts/tell.tsx';
import { reasonOf, Why } from '../../parts/Why.tsx';
import { connectionQuery } from './queries.ts';
import { useConnectionChange } from './useConnectionChange.ts';

type Held = 'leave' | 'deliver';

/** Asks whether to send again, and once what becomes of what is held (decision 5). */
export function ResumeDialog({ connection, onClose }: { connection: Connection; onClose(): void }) {
  const { id, name, label } = connection;
  const { data: now } = useQuery({ ...connectionQuery(id), staleTime: 0 });
  const { change } = useConnectionChange(id, { showsProblem: true });
  const [held, setHeld] = useState<Held>('leave');
  const [reason, setReason] = useState('');
  const refusal = change.error ? asProblem(change.error) : undefined;
  const count = now?.value.counts.held ?? connection.counts.held;
  const isAsked = count > 0 || refusal?.code === 'heldDeliveries';
  const resume = () =>
    change.mutate(
      {
        method: 'POST',
        path: '/resume',
        body: isAsked ? { held } : {},
        ifMatch: now?.etag ?? null,
        reason: reasonOf(reason),
      },
      {
        onSuccess: () => {
          tellDone(doneWords(name, isAsked ? held : undefined));
          onClose();
        },
      },
    );
  return (
    <Modal opened onClose={onClose} title={`Resume ${name}?`} centered>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          resume();
        }}
      >
        <Stack>
          <Text>New alerts become tickets in {label} again.</Text>
          {isAsked && (
            <Radio.Group
              label={`${countWords(count)} held. What becomes of ${count === 1 ? 'it' : 'them'}?`}
              value={held}
              onChange={(value) => setHeld(value as Held)}
            >
              <Stack gap="xs" mt="xs">
                <Radio
                  value="leave"
                  label="Leave unsent"
                  description="No ticket is made for what came in during the pause. Each stays on record as skipped."
                />
                <Radio
                  value="deliver"
                  label="Deliver now"
                  description="In the order in which they came, grouped as usual."
                />
              </Stack>
            </Radio.Group>
          )}
          <Why label="Why (optional)" value={reason} onChange={setReason} />
          {refusal && refusal.code !== 'heldDeliveries' && (
            <ProblemAlert error={refusal} title="It was not resumed" />
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={change.isPending || !now}>
              Resume
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

const countWords = (count: number): string =>
  count === 0
    ? 'Deliveries are'
    : count === 1
      ? '1 delivery is'
      : `${count.toLocaleString('en')} deliveries are`;

function doneWords(name: string, held: Held | undefined): string {
  if (held === 'deliver') return `${name} is active. What was held is delivered now.`;
  return held === 'leave' ? `${name} is active. What was held stays unsent.` : `${name} is active.`;
}
