import { Group, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { authPost } from '../../api/auth.ts';
import { sessionQuery, useSession } from '../../api/session.ts';
import { useConfirm } from '../../parts/confirm.tsx';
import { ProblemAlert } from '../../parts/ProblemAlert.tsx';
import { RowButton } from '../../parts/RowButton.tsx';
import { Skeletons } from '../../parts/Skeletons.tsx';
import { Time } from '../../parts/Time.tsx';
import { tellDone } from '../../parts/tell.tsx';
import { AddPasskey } from '../../secondFactor/AddPasskey.tsx';
import { devicesQuery, type Passkey, passkeysQuery } from './queries.ts';
import { Section } from './Section.tsx';

/** Passkeys of this person: list, add, remove. */
export function Passkeys() {
  const { data, error, refetch } = useQuery(passkeysQuery);
  const { secondFactor } = useSession();
  const client = useQueryClient();
  const changed = async (words: string) => {
    await client.invalidateQueries({ queryKey: passkeysQuery.queryKey });
    await client.invalidateQueries({ queryKey: sessionQuery.queryKey });
    await client.invalidateQueries({ queryKey: devicesQuery.queryKey });
    tellDone(words);
  };
  return (
    <Section
      title="Passkeys"
      intro="A passkey is kept by a device or a security key. It signs you in without password and code."
    >
      {error ? (
        <ProblemAlert error={error} title="Your passkeys are not shown" onRetry={() => void refetch()} />
      ) : data ? (
        <List
          passkeys={data}
          onRemoved={() => changed('The passkey is removed. It does not sign you in any more.')}
        />
      ) : (
        <Skeletons rows={1} />
      )}
      {/* The first factor of all: this session is to have shown it, too. */}
      <AddPasskey onAdded={() => changed('The passkey is added.')} isProof={!secondFactor.isSet} />
    </Section>
  );
}

function List({ passkeys, onRemoved }: { passkeys: readonly Passkey[]; onRemoved(): void }) {
  if (passkeys.length === 0) return <Text>You have none yet.</Text>;
  return (
    <ul className="lines" aria-label="Passkeys">
      {passkeys.map((passkey) => (
        <Line key={passkey.id} passkey={passkey} onRemoved={onRemoved} />
      ))}
    </ul>
  );
}

function Line({ passkey, onRemoved }: { passkey: Passkey; onRemoved(): void }) {
  const ask = useConfirm();
  const name = passkey.name ?? 'Passkey without a name';
  const remove = useMutation({
    mutationFn: () => authPost('/passkey/delete-passkey', { id: passkey.id }),
    onSuccess: onRemoved,
  });
  const askFirst = async () => {
    const answer = await ask({
      title: `Remove the passkey ${name}?`,
      text: 'It does not sign you in any more. The device may go on offering it until you delete it there too.',
      action: 'Remove',
      isDangerous: true,
    });
    if (answer) remove.mutate();
  };
  return (
    <li>
      <Group justify="space-between" wrap="nowrap">
        <div>
          <bdi>{name}</bdi>
          {passkey.createdAt && (
            <Text size="sm" className="quiet">
              added <Time at={passkey.createdAt} />
            </Text>
          )}
        </div>
        <RowButton label={`Remove ${name}`} onClick={askFirst}>
          Remove
        </RowButton>
      </Group>
    </li>
  );
}
