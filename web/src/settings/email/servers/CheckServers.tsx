import { Group, List, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { z } from 'zod';
import type { verifyAnswer } from '../../../../../src/email/schemas.ts';
import { send } from '../../../api/client.ts';
import { useSession, whyNot } from '../../../api/session.ts';
import { ActionButton } from '../../../parts/ActionButton.tsx';
import { Foreign } from '../../../parts/Foreign.tsx';
import { ProblemAlert } from '../../../parts/ProblemAlert.tsx';
import type { MailSettings, ServerCheck } from '../queries.ts';

/** Connects and signs in to each server in use, without sending anything; one line for each. */
export function CheckServers({ settings, isDirty }: { settings: MailSettings; isDirty: boolean }) {
  const { role } = useSession();
  const client = useQueryClient();
  const check = useMutation({
    meta: { showsProblem: true },
    mutationFn: () => send<z.output<typeof verifyAnswer>>('POST', '/email/verify', { body: {} }),
    onSettled: () => client.invalidateQueries({ queryKey: ['email', 'settings'] }),
  });
  const found: ServerCheck[] = check.data?.servers ?? settings.servers.flatMap(problemOf);
  return (
    <Stack gap="sm">
      <Text size="sm" className="quiet">
        Connects and signs in to each server that is stored. No mail is sent.
      </Text>
      <Group>
        <ActionButton
          variant="default"
          loading={check.isPending}
          whyNot={whyNot(role, 'operator') ?? whyNotYet(settings, isDirty)}
          onClick={() => check.mutate()}
        >
          Check
        </ActionButton>
      </Group>
      {found.length > 0 && (
        <List listStyleType="none" role="status" spacing={4}>
          {found.map(({ host, port, ok, text }) => (
            <List.Item key={`${host}:${port}`}>
              <span aria-hidden="true" className={ok ? 'good' : 'bad'}>
                {ok ? '✓' : '✗'}
              </span>{' '}
              <Foreign text={text.includes(host) ? text : `${host}:${port}: ${text}`} />
            </List.Item>
          ))}
        </List>
      )}
      {check.error && <ProblemAlert error={check.error} title="They were not checked" />}
    </Stack>
  );
}

const problemOf = ({ host, port, problem }: MailSettings['servers'][number]): ServerCheck[] =>
  problem === null ? [] : [{ host, port, ok: false, text: problem }];

function whyNotYet({ isSetUp }: MailSettings, isDirty: boolean): string | undefined {
  if (isDirty) return 'Save first: what is stored is checked.';
  return isSetUp ? undefined : 'Enter and save a server and a sender first.';
}
