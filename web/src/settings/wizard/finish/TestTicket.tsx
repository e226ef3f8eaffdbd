import { Alert, Stack, Text, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { z } from 'zod';
import type { testTicketAnswer } from '../../../../../src/connections/schemas.ts';
import { send } from '../../../api/client.ts';
import { useSession, whyNot } from '../../../api/session.ts';
import type { Connection, PsaKind } from '../../../api/types.ts';
import { ActionButton } from '../../../parts/ActionButton.tsx';
import { OutLink } from '../../../parts/OutLink.tsx';
import { ProblemAlert } from '../../../parts/ProblemAlert.tsx';
import { connectionPath } from '../../psa/queries.ts';
import { AccountSelect } from '../offers/AccountSelect.tsx';

type Answer = z.output<typeof testTicketAnswer>;

/** A marked ticket through the whole real way, to be sent after every change (req 118, decision 21). */
export function TestTicket({ connection, kind }: { connection: Connection; kind: PsaKind }) {
  const { role } = useSession();
  const [accountId, setAccountId] = useState(() => catchAllOf(connection, kind));
  const test = useMutation({
    meta: { showsProblem: true },
    mutationFn: () =>
      send<Answer>('POST', `${connectionPath(connection.id)}/test-ticket`, { body: { accountId } }),
  });
  const reason = whyNot(role, 'operator') ?? reasonOf(connection, accountId);
  return (
    <section aria-labelledby="test-ticket">
      <Title order={3} id="test-ticket">
        Try it
      </Title>
      <Text className="quiet" mb="sm">
        Creates one real ticket in {connection.label}, marked as a test, the same way as every other ticket.
        Do it after every change.
      </Text>
      <Stack gap="sm" align="flex-start">
        {connection.status !== 'draft' && (
          <AccountSelect
            connectionId={connection.id}
            accountId={accountId}
            onChoose={setAccountId}
            label="Account of the test ticket"
            w="100%"
            maw={420}
          />
        )}
        <ActionButton
          variant={connection.status === 'draft' ? 'default' : 'filled'}
          loading={test.isPending}
          whyNot={reason}
          onClick={() => test.mutate()}
        >
          Send a test ticket
        </ActionButton>
        <div role="status">{test.data && <Result answer={test.data} label={connection.label} />}</div>
        {test.error && <ProblemAlert error={test.error} title="No test ticket was sent" />}
      </Stack>
    </section>
  );
}

function Result({ answer: { outcome, text, ticket, alertId }, label }: { answer: Answer; label: string }) {
  const isDone = outcome === 'done';
  return (
    <Alert color={isDone ? 'green' : outcome === 'failed' ? 'red' : 'yellow'} title={titles[outcome]}>
      {isDone ? (
        <Text>
          <OutLink to={ticket?.link}>
            Ticket {ticket?.number ?? ticket?.ref} in {label}
          </OutLink>
          . You can close it.
        </Text>
      ) : (
        <Text>{text}</Text>
      )}
      <Link to="/alerts/$alertId" params={{ alertId }}>
        See every step of it
      </Link>
    </Alert>
  );
}

const titles: Record<Answer['outcome'], string> = {
  done: 'The test ticket was created',
  failed: 'The test ticket was not created',
  uncertain: 'Not certain yet',
  pending: 'It is still on its way',
};

function catchAllOf(connection: Connection, kind: PsaKind): string {
  const field = kind.fields.find(({ role }) => role === 'catchAllAccount');
  const value = field && connection.steps[field.step]?.[field.key];
  return typeof value === 'string' ? value : '';
}

function reasonOf({ status }: Connection, accountId: string): string | undefined {
  if (status === 'draft') return 'Activate it first: a test ticket goes the whole real way.';
  if (status === 'paused') return 'It is paused: nothing is written to the PSA. Resume it first.';
  return accountId === '' ? 'Choose an account first.' : undefined;
}
