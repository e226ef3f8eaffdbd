import { Stack } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { z } from 'zod';
import type { verifyAnswer } from '../../../../../src/connections/schemas.ts';
import { send } from '../../../api/client.ts';
import { useSession, whyNot } from '../../../api/session.ts';
import { ActionButton } from '../../../parts/ActionButton.tsx';
import { connectionPath, connectionQuery } from '../../psa/queries.ts';
import { Checks } from './Checks.tsx';

/** Asks the PSA about the stored credentials, right by right; a good answer lets what was held for them go on. */
export function CheckAgain({ connectionId, label }: { connectionId: string; label: string }) {
  const { role } = useSession();
  const client = useQueryClient();
  const check = useMutation({
    mutationFn: () =>
      send<z.output<typeof verifyAnswer>>('POST', `${connectionPath(connectionId)}/verify`, { body: {} }),
    onSettled: () => client.invalidateQueries({ queryKey: connectionQuery(connectionId).queryKey }),
  });
  const { data } = check;
  return (
    <Stack gap="sm" align="flex-start">
      <ActionButton
        variant="default"
        loading={check.isPending}
        whyNot={whyNot(role, 'operator')}
        onClick={() => check.mutate()}
      >
        Check those that are set
      </ActionButton>
      <div role="status">
        {data && (
          <Checks
            title={data.ok ? `${label} takes these credentials` : 'Something is missing'}
            lines={data.checks.map(({ key, ok, label: right, text }) => ({
              key,
              ok,
              text: `${right}. ${text}`,
            }))}
          />
        )}
      </div>
    </Stack>
  );
}
