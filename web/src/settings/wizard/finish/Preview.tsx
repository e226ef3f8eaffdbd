import { NativeSelect, Paper, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Foreign } from '../../../parts/Foreign.tsx';
import { ProblemAlert } from '../../../parts/ProblemAlert.tsx';
import { visible } from '../../../parts/visible.ts';
import { previewQuery, recentAlertsQuery } from './queries.ts';

interface PreviewProps {
  connectionId: string;
  /** An incomplete configuration says nothing yet. */
  isComplete: boolean;
}

/** What would happen to a real recent alert now; writes nothing (decision 21). */
export function Preview({ connectionId, isComplete }: PreviewProps) {
  const { data: alerts } = useQuery(recentAlertsQuery);
  const [chosen, setChosen] = useState<string>();
  const alertId = chosen ?? alerts?.[0]?.id;
  const { data, error } = useQuery({
    ...previewQuery(connectionId, alertId),
    enabled: isComplete && alerts !== undefined,
  });
  const isSkipped =
    data?.deliveries.some((one) => one.connectionId === connectionId && one.state === 'skipped') ?? false;
  return (
    <Stack gap="xs">
      <Title order={3}>What would happen now</Title>
      {!isComplete && <Text size="sm">Shown when all steps are complete.</Text>}
      {isComplete && alerts && alerts.length > 0 && (
        <NativeSelect
          label="A recent alert"
          size="sm"
          data={alerts.map(({ id, title, severity }) => ({
            value: id,
            label: `${visible(title)} (${severity})`,
          }))}
          value={alertId ?? ''}
          onChange={(event) => setChosen(event.currentTarget.value)}
        />
      )}
      {isComplete && alerts?.length === 0 && (
        <Text size="sm" className="quiet">
          No alert has come in yet, so this one is made up.
        </Text>
      )}
      {error && <ProblemAlert error={error} title="This cannot be shown" />}
      {isComplete && data && (
        <div role="status">
          {isSkipped ? (
            <Text fw={600} mb="xs">
              No ticket is made.
            </Text>
          ) : (
            <Ticket title={data.ticket.title} description={data.ticket.description} />
          )}
          <ul className="words">
            {data.words.map((line) => (
              <li key={line}>
                <Foreign text={line} />
              </li>
            ))}
            {!isSkipped && !data.words.includes(data.grouping.words) && (
              <li>
                <Foreign text={data.grouping.words} />
              </li>
            )}
          </ul>
          <Text size="xs" className="quiet">
            Nothing is written for this.
          </Text>
        </div>
      )}
    </Stack>
  );
}

function Ticket({ title, description }: { title: string; description: string }) {
  return (
    <Paper withBorder p="sm">
      <Text fw={600}>
        <Foreign text={title} />
      </Text>
      <div className="ticketText">
        <Foreign text={description} isBlock />
      </div>
    </Paper>
  );
}
