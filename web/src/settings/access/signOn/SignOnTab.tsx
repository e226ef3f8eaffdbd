import { Button, Group, Text } from '@mantine/core';
import { useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { send } from '../../../api/client.ts';
import { useConfirm } from '../../../parts/confirm.tsx';
import { type Column, DataTable } from '../../../parts/DataTable.tsx';
import { Empty } from '../../../parts/Empty.tsx';
import { RowButton } from '../../../parts/RowButton.tsx';
import { tellDone } from '../../../parts/tell.tsx';
import { OnlyAdministrators } from '../OnlyAdministrators.tsx';
import { etagOf, providersQuery, type SignOnProvider } from '../queries.ts';
import { ProviderDialog } from './ProviderDialog.tsx';
import { newcomersInWords } from './providerWords.ts';

const about = 'People sign in where your company does already (OpenID Connect), and need no password here.';

/** Places that vouch for people. */
export function SignOnTab() {
  return (
    <OnlyAdministrators title="Single sign-on" about={about} action="Add a provider">
      <Providers />
    </OnlyAdministrators>
  );
}

function Providers() {
  const { data: providers } = useSuspenseQuery(providersQuery);
  const [edited, setEdited] = useState<SignOnProvider | 'new'>();
  const add = <Button onClick={() => setEdited('new')}>Add a provider</Button>;
  return (
    <>
      {providers.length === 0 ? (
        <Empty title="No provider yet" action={add}>
          {about}
        </Empty>
      ) : (
        <>
          <Group justify="space-between">
            <Text className="quiet" maw={640}>
              {about}
            </Text>
            {add}
          </Group>
          <DataTable
            label="Single sign-on"
            rows={providers}
            columns={columns}
            idOf={({ id }) => id}
            onOpen={(provider) => setEdited(provider)}
          />
        </>
      )}
      <ProviderDialog provider={edited} onClose={() => setEdited(undefined)} onMade={setEdited} />
    </>
  );
}

const columns: Column<SignOnProvider>[] = [
  { key: 'name', label: 'Name', cell: ({ name }) => <bdi>{name}</bdi> },
  { key: 'issuer', label: 'Issuer', cell: ({ issuer }) => <bdi>{issuer}</bdi> },
  { key: 'newcomers', label: 'Newcomers', cell: newcomersInWords },
  { key: 'remove', label: '', isNumber: true, cell: (provider) => <Remove provider={provider} /> },
];

function Remove({ provider }: { provider: SignOnProvider }) {
  const { id, name } = provider;
  const client = useQueryClient();
  const ask = useConfirm();
  const remove = useMutation({
    mutationFn: (reason: string | undefined) =>
      send('DELETE', `/single-sign-on/${id}`, { reason, ifMatch: etagOf(provider) }),
    onSuccess: () => tellDone(`${name} was removed.`),
    onSettled: () => client.invalidateQueries({ queryKey: providersQuery.queryKey }),
  });
  const askFirst = async () => {
    const answer = await ask({
      title: `Remove ${name}?`,
      text: 'Nobody can sign in by it any more. People who came by it stay, but need another way in: a password or a passkey.',
      action: 'Remove',
      isDangerous: true,
      reason: 'optional',
    });
    if (answer) remove.mutate(answer.reason);
  };
  return (
    <RowButton label={`Remove ${name}`} isBusy={remove.isPending} onClick={askFirst}>
      Remove
    </RowButton>
  );
}
