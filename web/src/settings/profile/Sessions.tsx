import { Badge, Button, Group, Text } from '@mantine/core';
import { useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { askOutside } from '../../api/client.ts';
import { RowButton } from '../../parts/RowButton.tsx';
import { Time } from '../../parts/Time.tsx';
import { tellDone } from '../../parts/tell.tsx';
import { browserInWords } from './browserInWords.ts';
import { type Device, devicesQuery } from './queries.ts';
import { Section } from './Section.tsx';

/** Where this person is signed in; all but this session can be ended. */
export function Sessions() {
  const { data: devices } = useSuspenseQuery(devicesQuery);
  const end = useEnd();
  const hasOthers = devices.some(({ isThis }) => !isThis);
  return (
    <Section
      title="Where you are signed in"
      intro="A session ends by itself after twelve hours without use, and after seven days in any case."
    >
      <ul className="lines" aria-label="Sessions">
        {devices.map((device) => (
          <Line key={device.id} device={device} />
        ))}
      </ul>
      {hasOthers && (
        <Group>
          <Button variant="default" loading={end.isPending} onClick={() => end.mutate(undefined)}>
            Sign out everywhere else
          </Button>
        </Group>
      )}
    </Section>
  );
}

function Line({ device: { id, isThis, address, browser, usedAt } }: { device: Device }) {
  const end = useEnd();
  const name = browserInWords(browser);
  return (
    <li>
      <Group justify="space-between" wrap="nowrap">
        <div>
          {name}
          <Text size="sm" className="quiet">
            {address} · last used <Time at={usedAt} />
          </Text>
        </div>
        {isThis ? (
          <Badge variant="light" color="gray" radius="sm">
            This session
          </Badge>
        ) : (
          <RowButton
            label={`End the session of ${name}`}
            isBusy={end.isPending}
            onClick={() => end.mutate(id)}
          >
            End
          </RowButton>
        )}
      </Group>
    </li>
  );
}

/** Ends one session, or all others. */
function useEnd() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string | undefined) =>
      askOutside('DELETE', `/api/session/devices${id === undefined ? '' : `/${id}`}`),
    onSuccess: (_, id) =>
      tellDone(id === undefined ? 'You were signed out everywhere else.' : 'The session was ended.'),
    onSettled: () => client.invalidateQueries({ queryKey: devicesQuery.queryKey }),
  });
}
