import { Alert, Group, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { send } from '../../api/client.ts';
import { asProblem } from '../../api/problem.ts';
import { useSession, whyNot } from '../../api/session.ts';
import { ActionButton } from '../../parts/ActionButton.tsx';
import { Foreign } from '../../parts/Foreign.tsx';
import { errorAt } from '../../parts/fieldErrors.ts';
import { ProblemAlert } from '../../parts/ProblemAlert.tsx';
import { OrganizationSelect } from './OrganizationSelect.tsx';
import type { MailSettings, TestAnswer } from './queries.ts';

type Scope = 'global' | 'organization';

/** A marked mail through the whole real way, to be sent after every change (req 118). */
export function TestMail({ settings: { isSetUp, attention } }: { settings: MailSettings }) {
  const { role, user } = useSession();
  const client = useQueryClient();
  const [address, setAddress] = useState(user.email);
  const [scope, setScope] = useState<Scope>('global');
  const [organizationId, setOrganizationId] = useState<string>();
  const test = useMutation({
    meta: { showsProblem: true },
    mutationFn: () =>
      send<TestAnswer>('POST', '/email/test', {
        body: { address: address.trim(), as: scope, ...(scope === 'organization' && { organizationId }) },
      }),
    onSettled: () => client.invalidateQueries({ queryKey: ['email'] }),
  });
  const reason = whyNot(role, 'operator') ?? whyNotYet();
  function whyNotYet(): string | undefined {
    if (!isSetUp) return 'Set up a mail server and a sender first.';
    if (attention !== null) return 'No mail leaves until what is said above is mended.';
    if (address.trim() === '') return 'Enter an address first.';
    return scope === 'organization' && !organizationId ? 'Choose an organization first.' : undefined;
  }
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (reason === undefined) test.mutate();
      }}
    >
      <Stack maw={560} gap="md" align="flex-start">
        <Text className="quiet">
          Sends one real mail, marked as a test, the same way as every other. Do it after every change.
        </Text>
        <TextInput
          label="To"
          w="100%"
          inputMode="email"
          autoComplete="off"
          spellCheck={false}
          value={address}
          error={errorAt(test.error, 'address')}
          onChange={(event) => setAddress(event.currentTarget.value)}
        />
        <Stack gap={4}>
          <Text size="sm" fw={500} id="testScope">
            In the format for
          </Text>
          <SegmentedControl
            aria-labelledby="testScope"
            data={[
              { value: 'global', label: 'Global recipients' },
              { value: 'organization', label: 'An organization' },
            ]}
            value={scope}
            onChange={(next) => setScope(next as Scope)}
          />
        </Stack>
        {scope === 'organization' && (
          <OrganizationSelect
            value={organizationId}
            error={errorAt(test.error, 'organizationId')}
            onChange={setOrganizationId}
          />
        )}
        <Group>
          <ActionButton type="submit" loading={test.isPending} whyNot={reason}>
            Send a test mail
          </ActionButton>
        </Group>
        <div role="status">{test.data && <Result answer={test.data} />}</div>
        {test.error && asProblem(test.error).errors.length === 0 && (
          <ProblemAlert error={test.error} title="No test mail was sent" />
        )}
      </Stack>
    </form>
  );
}

const titles: Record<TestAnswer['outcome'], string> = {
  done: 'The test mail was taken',
  failed: 'The test mail was not sent',
  uncertain: 'Not certain yet',
  pending: 'It is still on its way',
};
const colors: Record<TestAnswer['outcome'], string> = {
  done: 'green',
  failed: 'red',
  uncertain: 'yellow',
  pending: 'gray',
};

function Result({ answer: { outcome, text, alertId } }: { answer: TestAnswer }) {
  return (
    <Alert color={colors[outcome]} title={titles[outcome]}>
      <Text>
        <Foreign text={text} />
      </Text>
      <Link to="/alerts/$alertId" params={{ alertId }}>
        See every step of it
      </Link>
    </Alert>
  );
}
