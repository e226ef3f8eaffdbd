import { Anchor, Group, Progress, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { send } from '../../../api/client.ts';
import type { Connection } from '../../../api/types.ts';
import { connectionPath } from '../../psa/queries.ts';
import { accountsKey } from '../offers/queries.ts';

interface DirectoryStateProps {
  connection: Connection;
  whyNot: string | undefined;
  reload(): Promise<void>;
}

const lookAgainMs = 1_000;

/** How far the accounts of the PSA are loaded, and the way to load them again. */
export function DirectoryState({ connection, whyNot, reload }: DirectoryStateProps) {
  const { directory, id, label } = connection;
  const isLoading = directory.state === 'loading';
  const client = useQueryClient();
  const refresh = useMutation({
    mutationFn: () => send<Connection>('POST', `${connectionPath(id)}/refresh`, { body: {} }),
    onSuccess: () => reload(),
  });
  useEffect(() => {
    if (!isLoading) return;
    const timer = setInterval(() => void reload(), lookAgainMs);
    return () => clearInterval(timer);
  }, [isLoading, reload]);
  // What was offered while it loaded was a part only.
  useEffect(() => {
    if (directory.state === 'ready') void client.invalidateQueries({ queryKey: accountsKey(id) });
  }, [directory.state, client, id]);
  return (
    <Stack gap={4} role="status">
      <Group gap="xs">
        <Text size="sm" className="quiet">
          {wordsOf(directory, label)}
        </Text>
        {!isLoading && whyNot === undefined && (
          <Anchor component="button" type="button" size="sm" onClick={() => refresh.mutate()}>
            {directory.state === 'ready' ? 'Load again' : 'Load now'}
          </Anchor>
        )}
      </Group>
      {isLoading && (
        <Progress
          size="sm"
          aria-label="Accounts loaded"
          value={directory.total ? (100 * directory.loaded) / directory.total : 100}
          animated={!directory.total}
        />
      )}
      {directory.waiting && (
        <Text size="sm" className="quiet">
          {directory.waiting}
        </Text>
      )}
    </Stack>
  );
}

function wordsOf({ state, loaded, total, failure }: Connection['directory'], label: string): string {
  const number = (count: number) => count.toLocaleString('en');
  if (state === 'loading') {
    const all = total === null ? '' : ` of ${number(total)}`;
    return `Loading from ${label}: ${number(loaded)}${all} accounts`;
  }
  if (state === 'ready') return `${number(loaded)} accounts of ${label} are known.`;
  if (state === 'failed') return `The accounts could not be loaded. ${failure ?? ''}`;
  return `The accounts of ${label} are not loaded yet.`;
}
