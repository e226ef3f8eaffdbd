import './psa.css';
import { SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { send } from '../../api/client.ts';
import { useSession, whyNot } from '../../api/session.ts';
import type { Connection } from '../../api/types.ts';
import { ActionButton } from '../../parts/ActionButton.tsx';
import { SettingsPage } from '../SettingsPage.tsx';
import { plannedPsas } from './planned.ts';
import { connectionsQuery, kindsQuery } from './queries.ts';

/** The choice of the PSA; it begins a draft, which nothing is sent from. */
export function AddPsaPage() {
  const { role } = useSession();
  const { data: kinds } = useSuspenseQuery(kindsQuery);
  const navigate = useNavigate();
  const client = useQueryClient();
  const begin = useMutation({
    mutationFn: (kind: string) => send<Connection>('POST', '/psa/connections', { body: { kind } }),
    onSuccess: async ({ id }) => {
      await client.invalidateQueries({ queryKey: connectionsQuery.queryKey });
      await navigate({
        to: '/settings/psa/$connectionId',
        params: { connectionId: id },
        search: { step: 'credentials' },
      });
    },
  });
  return (
    <SettingsPage
      title="Add PSA"
      intro="Choose the PSA that your tickets live in. It begins as a draft: nothing is written to it before you activate it."
    >
      <SimpleGrid component="ul" className="cards" cols={{ base: 1, xs: 2, md: 3 }}>
        {plannedPsas.map(({ kind, label, things }) => {
          const isThere = kinds.some((one) => one.kind === kind);
          return (
            <li key={kind} className={isThere ? 'card' : 'card absent'}>
              <Stack gap="xs" h="100%">
                <Title order={2}>{label}</Title>
                <Text size="sm" className="quiet" flex={1}>
                  {isThere ? `With its ${things}.` : 'This version does not have it yet.'}
                </Text>
                <ActionButton
                  variant={isThere ? 'filled' : 'default'}
                  loading={begin.isPending && begin.variables === kind}
                  aria-label={`Connect ${label}`}
                  whyNot={isThere ? whyNot(role, 'admin') : `This version does not have ${label} yet.`}
                  onClick={() => begin.mutate(kind)}
                >
                  Connect
                </ActionButton>
              </Stack>
            </li>
          );
        })}
      </SimpleGrid>
    </SettingsPage>
  );
}
