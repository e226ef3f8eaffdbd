import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { isStale } from '../../api/client.ts';
import { asProblem } from '../../api/problem.ts';
import type { Connection } from '../../api/types.ts';
import { ProblemAlert } from '../../parts/ProblemAlert.tsx';
import { tellDone, tellProblem } from '../../parts/tell.tsx';
import { reasonOf, Why } from '../../parts/Why.tsx';
import { connectionQuery } from './queries.ts';
import { useConnectionChange } from './useConnectionChange.ts';

interface ChangeDialogProps {
  connection: Connection;
  title: string;
  /** What is sent. */
  body: object;
  /** Said when it is done. */
  done: string;
  onClose(): void;
  /** The field, with what the server finds wrong with it. */
  children(error: string | undefined): ReactNode;
}

/** A dialog that changes one thing of a connection; what was typed stays when it is refused. */
export function ChangeDialog({ connection, title, body, done, onClose, children }: ChangeDialogProps) {
  const { data: now, refetch } = useQuery({
    ...connectionQuery(connection.id),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const { change, look } = useConnectionChange(connection.id, { showsProblem: true });
  const [reason, setReason] = useState('');
  const problem = change.error ? asProblem(change.error) : undefined;
  const save = async () => {
    const ifMatch = now ? now.etag : await look();
    change.mutate(
      { method: 'PATCH', body, ifMatch, reason: reasonOf(reason) },
      {
        onSuccess: () => {
          tellDone(done);
          onClose();
        },
        onError: (error) => {
          if (isStale(error)) void refetch();
        },
      },
    );
  };
  return (
    <Modal opened onClose={onClose} title={title} centered>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save().catch(tellProblem);
        }}
      >
        <Stack>
          {children(problem?.errors[0]?.message)}
          <Why value={reason} onChange={setReason} />
          {problem && problem.errors.length === 0 && (
            <ProblemAlert error={problem} title="It was not changed">
              {problem.status === 412 && <Text>What you typed is still here. Save again to keep it.</Text>}
            </ProblemAlert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={change.isPending}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
