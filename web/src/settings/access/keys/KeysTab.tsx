import { Button, Code, Group, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { send } from '../../../api/client.ts';
import { useConfirm } from '../../../parts/confirm.tsx';
import { type Column, DataTable } from '../../../parts/DataTable.tsx';
import { Empty } from '../../../parts/Empty.tsx';
import { RowButton } from '../../../parts/RowButton.tsx';
import { Time } from '../../../parts/Time.tsx';
import { tellDone } from '../../../parts/tell.tsx';
import { OnlyAdministrators } from '../OnlyAdministrators.tsx';
import { type ApiKey, invitationsQuery, keysQuery } from '../queries.ts';
import { NewKeyDialog } from './NewKeyDialog.tsx';
import { scopeLabel } from './scopes.ts';

/** Keys by which programs come in. */
export function KeysTab() {
  return (
    <OnlyAdministrators
      title="API keys"
      about="With a key a program sends alerts to Herald, or works with its API."
      action="Make a key"
    >
      <Keys />
    </OnlyAdministrators>
  );
}

function Keys() {
  const { data: keys } = useSuspenseQuery(keysQuery);
  const [isMaking, { open, close }] = useDisclosure(false);
  const make = <Button onClick={open}>Make a key</Button>;
  return (
    <>
      {keys.length === 0 ? (
        <Empty title="No keys yet" action={make}>
          With a key a program sends alerts to Herald, or works with its API. Make one per program, so that
          you can revoke one without the others.
        </Empty>
      ) : (
        <>
          <Group justify="space-between">
            <Text className="quiet" maw={640}>
              Make one key per program, so that you can revoke one without the others.
            </Text>
            {make}
          </Group>
          <DataTable label="API keys" rows={keys} columns={columns} idOf={({ id }) => id} narrow={narrow} />
        </>
      )}
      <NewKeyDialog isOpen={isMaking} onClose={close} />
    </>
  );
}

const columns: Column<ApiKey>[] = [
  { key: 'name', label: 'Name', cell: ({ name }) => <bdi>{name}</bdi> },
  { key: 'prefix', label: 'Begins with', cell: ({ prefix }) => <Code>{prefix}…</Code> },
  { key: 'scopes', label: 'May', cell: ({ scopes }) => scopes.map(scopeLabel).join(', ') },
  { key: 'source', label: 'Source', cell: ({ source }) => (source === null ? 'Any' : <bdi>{source}</bdi>) },
  { key: 'made', label: 'Made', cell: ({ createdAt }) => <Time at={createdAt} /> },
  { key: 'revoke', label: '', isNumber: true, cell: (key) => <Revoke apiKey={key} /> },
];

const narrow = (key: ApiKey) => (
  <Group justify="space-between" wrap="nowrap">
    <div>
      <bdi>{key.name}</bdi> <Code>{key.prefix}…</Code>
      <Text size="sm" className="quiet">
        {key.scopes.map(scopeLabel).join(', ')}
        {key.source !== null && ` · ${key.source}`} · made <Time at={key.createdAt} />
      </Text>
    </div>
    <Revoke apiKey={key} />
  </Group>
);

function Revoke({ apiKey: { id, name } }: { apiKey: ApiKey }) {
  const client = useQueryClient();
  const ask = useConfirm();
  const revoke = useMutation({
    mutationFn: (reason: string | undefined) => send('DELETE', `/api-keys/${id}`, { reason }),
    onSuccess: () => tellDone(`The key ${name} was revoked.`),
    onSettled: () =>
      Promise.all(
        [keysQuery, invitationsQuery].map(({ queryKey }) => client.invalidateQueries({ queryKey })),
      ),
  });
  const askFirst = async () => {
    const answer = await ask({
      title: `Revoke the key ${name}?`,
      text: 'The program that uses it is refused within five seconds, for good. Alerts that it sends then are not taken: give it another key first. Open invitations that it has made are void.',
      action: 'Revoke',
      isDangerous: true,
      reason: 'optional',
    });
    if (answer) revoke.mutate(answer.reason);
  };
  return (
    <RowButton label={`Revoke the key ${name}`} isBusy={revoke.isPending} onClick={askFirst}>
      Revoke
    </RowButton>
  );
}
