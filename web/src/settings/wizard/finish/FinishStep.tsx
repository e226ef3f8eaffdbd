import { Anchor, List, Stack, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Connection, PsaKind } from '../../../api/types.ts';
import { Misreading } from '../../psa/Misreading.tsx';
import type { FormStep } from '../step.ts';
import { stepLabels, stepsOf } from '../steps.ts';
import { Activate } from './Activate.tsx';
import { Preview } from './Preview.tsx';
import { Summary } from './Summary.tsx';
import { TestTicket } from './TestTicket.tsx';
import { useUnsaved, useUnsavedContracts, useUnsavedMappings } from './useUnsaved.ts';

interface FinishStepProps {
  connection: Connection;
  etag: string | null;
  kind: PsaKind;
  reload(): Promise<void>;
}

/** Everything in one readable page, what would happen, a try, and the start (req 67, 107, 118). */
export function FinishStep({ connection, etag, kind, reload }: FinishStepProps) {
  const unsaved = useUnsaved(connection, kind);
  const unsavedRows = useUnsavedMappings(connection.id) + useUnsavedContracts(connection.id);
  const steps = stepsOf(connection).filter((step): step is FormStep => step !== 'finish');
  return (
    <div className="stepFrame withAside">
      <Stack className="stepForm" gap="lg">
        <Stack gap={4}>
          <Title order={2}>Finish</Title>
          <Text className="quiet">{introOf(connection)}</Text>
        </Stack>
        <Lacking connection={connection} />
        {steps.map((step) => (
          <Summary key={step} connection={connection} kind={kind} step={step} unsaved={unsaved[step]} />
        ))}
        <Activate
          connection={connection}
          etag={etag}
          kind={kind}
          reload={reload}
          hasUnsaved={Object.keys(unsaved).length > 0 || unsavedRows > 0}
        />
        <TestTicket connection={connection} kind={kind} />
      </Stack>
      <aside className="stepAside" aria-label="What would happen">
        <Stack gap="md">
          <Preview connectionId={connection.id} isComplete={isComplete(connection)} />
          <Misreading about="filter" />
        </Stack>
      </aside>
    </div>
  );
}

const isComplete = ({ next }: Connection): boolean => next.every(({ complete }) => complete);

function introOf({ status, label, isDefault }: Connection): string {
  if (status === 'active' && !isDefault)
    return 'In use for organizations that choose it on their Settings tab; all others go to the default connection. Its menu under PSA & Email can make this one the default.';
  if (status === 'active') return `In use: alerts become tickets in ${label} as it stands here.`;
  if (status === 'paused')
    return `Paused: nothing is written to ${label}. This is how it goes on when it is resumed.`;
  return `Read it once more. Nothing is written to ${label} before you activate it.`;
}

function Lacking({ connection: { id, next } }: { connection: Connection }) {
  const open = next.filter(({ complete }) => !complete);
  if (open.length === 0) return null;
  return (
    <div>
      <Text fw={600}>Still missing</Text>
      <List mt={4}>
        {open.map(({ step, errors }) => (
          <List.Item key={step}>
            <Anchor
              renderRoot={(props) => (
                <Link
                  to="/settings/psa/$connectionId"
                  params={{ connectionId: id }}
                  search={{ step: step as FormStep }}
                  {...props}
                />
              )}
            >
              {stepLabels[step as FormStep]}
            </Anchor>
            : {errors.map(({ message }) => message).join(' ')}
          </List.Item>
        ))}
      </List>
    </div>
  );
}
