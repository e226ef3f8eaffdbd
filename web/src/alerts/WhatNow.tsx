import { Loader, Modal, Select, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Connection } from '../api/types.ts';
import { ActionButton } from '../parts/ActionButton.tsx';
import { ProblemAlert } from '../parts/ProblemAlert.tsx';
import { connectionsQuery } from '../settings/psa/queries.ts';
import { isSkipped, previewQuery } from '../settings/wizard/finish/queries.ts';
import { SentText } from './DeliveryStory.tsx';
import type { WholeAlert } from './queries.ts';
import { Sentences } from './Sentences.tsx';

/** "What would happen now?": the alert by the settings of now; nothing is written anywhere (decision 21). */
export function WhatNow({ alert }: { alert: WholeAlert }) {
  const { data: connections } = useSuspenseQuery(connectionsQuery);
  const [isOpen, { open, close }] = useDisclosure(false);
  const first = connectionOf(alert, connections);
  return (
    <>
      <ActionButton
        variant="default"
        whyNot={first ? undefined : 'No PSA is connected yet: add one under Settings, PSA & Email.'}
        onClick={open}
      >
        What would happen now?
      </ActionButton>
      <Modal opened={isOpen} onClose={close} size="lg" title="What would happen now?">
        {first && <Answer alert={alert} first={first} connections={connections} />}
      </Modal>
    </>
  );
}

/** The one that it was meant for, else the default one, else any. */
function connectionOf(
  { deliveries }: WholeAlert,
  connections: readonly Connection[],
): Connection | undefined {
  const meant = deliveries.at(-1)?.connectionId;
  return (
    connections.find(({ id }) => id === meant) ??
    connections.find(({ isDefault }) => isDefault) ??
    connections[0]
  );
}

function Answer({
  alert,
  first,
  connections,
}: {
  alert: WholeAlert;
  first: Connection;
  connections: readonly Connection[];
}) {
  const [connectionId, setConnectionId] = useState(first.id);
  return (
    <Stack>
      <Text size="sm" className="quiet">
        If this alert came in now, with the settings as they are. Nothing is sent.
      </Text>
      {connections.length > 1 && (
        <Select
          label="PSA connection"
          allowDeselect={false}
          data={connections.map(({ id, name }) => ({ value: id, label: name }))}
          value={connectionId}
          onChange={(chosen) => chosen && setConnectionId(chosen)}
        />
      )}
      <PreviewOf alertId={alert.id} connectionId={connectionId} />
    </Stack>
  );
}

function PreviewOf({ alertId, connectionId }: { alertId: string; connectionId: string }) {
  const { data, error, refetch } = useQuery({
    ...previewQuery(connectionId, alertId),
    gcTime: 0,
  });
  if (error) return <ProblemAlert error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loader size="sm" aria-label="Loading" />;
  const { words, ticket } = data;
  return (
    <>
      <Sentences sentences={words} />
      {isSkipped(data, connectionId) ? (
        <Text fw={600}>No ticket is made.</Text>
      ) : (
        <div>
          <Title order={3}>The ticket</Title>
          <SentText title={ticket.title} text={ticket.description} />
        </div>
      )}
    </>
  );
}
