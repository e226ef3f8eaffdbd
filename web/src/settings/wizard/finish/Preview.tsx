import { NativeSelect, Paper, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Decision } from '../../../parts/Decision.tsx';
import { Foreign } from '../../../parts/Foreign.tsx';
import { ProblemAlert } from '../../../parts/ProblemAlert.tsx';
import { visible } from '../../../parts/visible.ts';
import { useRecentAlert } from '../tickets/useRecentAlert.ts';
import { isSkipped, previewQuery } from './queries.ts';

interface PreviewProps {
  connectionId: string;
  /** An incomplete configuration says nothing yet. */
  isComplete: boolean;
}

/** What would happen to a real recent alert now; writes nothing (decision 21). */
export function Preview({ connectionId, isComplete }: PreviewProps) {
  const { alerts, alert, choose } = useRecentAlert();
  const { data, error } = useQuery({
    ...previewQuery(connectionId, alert?.id),
    enabled: isComplete && alert !== undefined,
  });
  const isOmitted = data !== undefined && isSkipped(data, connectionId);
  return (
    <Stack gap="xs">
      <Title order={3}>What would happen now</Title>
      {!isComplete && <Text size="sm">Shown when all steps are complete.</Text>}
      {isComplete && alerts && alerts.length > 0 && (
        <NativeSelect
          label="A recent alert"
          size="sm"
          data={[
            ...(alert ? [] : [{ value: '', label: 'A made-up alert' }]),
            ...alerts.map(({ id, title, severity }) => ({
              value: id,
              label: `${visible(title)} (${severity})`,
            })),
          ]}
          value={alert?.id ?? ''}
          onChange={(event) => choose(event.currentTarget.value)}
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
          {isOmitted ? (
            <Text fw={600} mb="xs">
              No ticket is made.
            </Text>
          ) : (
            <Ticket title={data.ticket.title} description={data.ticket.description} />
          )}
          <ul className="words">
            {data.words.map((line) => (
              <li key={line}>
                <Decision sentence={line} />
              </li>
            ))}
            {!isOmitted && !data.words.includes(data.grouping.words) && (
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
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it can be longer than its box, and the keyboard has to scroll it */}
      <section className="previewText" tabIndex={0} aria-label="What the ticket says">
        <Foreign text={description} isBlock />
      </section>
    </Paper>
  );
}
