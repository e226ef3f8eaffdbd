import { Group, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { isStale, send } from '../../../api/client.ts';
import { asProblem, Problem } from '../../../api/problem.ts';
import { useSession, whyNot } from '../../../api/session.ts';
import type { Connection, PsaKind } from '../../../api/types.ts';
import { ActionButton } from '../../../parts/ActionButton.tsx';
import { useConfirm } from '../../../parts/confirm.tsx';
import { ProblemAlert } from '../../../parts/ProblemAlert.tsx';
import { tellDone } from '../../../parts/tell.tsx';
import { reasonOf, Why } from '../../../parts/Why.tsx';
import { connectionPath, connectionsQuery } from '../../psa/queries.ts';
import { FieldValue } from './FieldValue.tsx';

interface ActivateProps {
  connection: Connection;
  etag: string | null;
  kind: PsaKind;
  reload(): Promise<void>;
  /** Values are typed that the server does not have. */
  hasUnsaved: boolean;
}

/** Puts a complete draft into use; asks once for the number of organizations that the catch-all account gets (decision 2). */
export function Activate({ connection, etag, kind, reload, hasUnsaved }: ActivateProps) {
  const { role } = useSession();
  const client = useQueryClient();
  const ask = useConfirm();
  const [why, setWhy] = useState('');
  const activate = useMutation({
    meta: { showsProblem: true },
    mutationFn: (confirmUnmapped: number | undefined) =>
      send<Connection>('POST', `${connectionPath(connection.id)}/finish`, {
        body: { confirmUnmapped },
        ifMatch: etag,
        reason: reasonOf(why),
      }),
    onSuccess: async ({ name, isDefault }) => {
      await Promise.all([reload(), client.invalidateQueries({ queryKey: connectionsQuery.queryKey })]);
      tellDone(
        isDefault
          ? `${name} was activated. From now on alerts become tickets in ${connection.label}.`
          : `${name} was activated, for organizations that choose it. All others go to the default connection.`,
      );
    },
    onError: (error) => {
      if (isStale(error)) void reload();
    },
  });
  if (connection.status !== 'draft') return null;

  const press = async (confirmUnmapped?: number): Promise<void> => {
    try {
      await activate.mutateAsync(confirmUnmapped);
    } catch (error) {
      const count = unmappedOf(error);
      if (count === undefined) return;
      activate.reset();
      const answer = await ask({
        title: count === 1 ? '1 organization has no mapping' : `${count} organizations have no mapping`,
        text: (
          <Text>
            {count === 1 ? 'Its tickets' : `Tickets for ${count} unmapped organizations`} will go to{' '}
            <strong>
              <CatchAll connection={connection} kind={kind} />
            </strong>
            . You can map them at any time.
          </Text>
        ),
        action: 'Activate all the same',
      });
      if (answer) await press(count);
    }
  };
  const lacking = connection.next.find(({ complete }) => !complete);
  const reason =
    whyNot(role, 'admin') ??
    (lacking ? `Something is missing in the step "${lacking.step}".` : undefined) ??
    (hasUnsaved ? 'There are changes that are not saved yet. Open their step and save them.' : undefined);
  return (
    <div>
      {activate.error && (
        <ProblemAlert
          error={activate.error}
          title={isStale(activate.error) ? 'Somebody else has changed it meanwhile' : 'It was not activated'}
        >
          {isStale(activate.error) && (
            <Text>What you see now is the newest state. Read it, and activate again.</Text>
          )}
        </ProblemAlert>
      )}
      {reason === undefined && <Why label="Why (optional)" value={why} onChange={setWhy} />}
      <Group mt="sm">
        <ActionButton loading={activate.isPending} whyNot={reason} onClick={() => void press()}>
          Activate
        </ActionButton>
      </Group>
    </div>
  );
}

function unmappedOf(error: unknown): number | undefined {
  const problem = asProblem(error);
  if (!(error instanceof Problem) || problem.code !== 'unmappedOrganizations') return undefined;
  return problem.errors[0]?.count;
}

function CatchAll({ connection, kind }: { connection: Connection; kind: PsaKind }) {
  const field = kind.fields.find(({ role }) => role === 'catchAllAccount');
  if (!field) return 'the catch-all account';
  const value = connection.steps[field.step]?.[field.key];
  return <FieldValue connectionId={connection.id} field={field} fields={kind.fields} value={value} />;
}
