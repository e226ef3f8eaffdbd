import { Group, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { asProblem } from '../../../api/problem.ts';
import { useSession, whyNot } from '../../../api/session.ts';
import { useDraft } from '../../../drafts/useDraft.ts';
import { SettingsForm } from '../SettingsForm.tsx';
import type { ShownSettings } from '../settingsDraft.ts';
import { CheckServers } from './CheckServers.tsx';
import { ServerRows } from './ServerRows.tsx';
import { differencesOfServers, mistakesOf, serversDraft } from './serversDraft.ts';

/** By which servers mail leaves, in whose name, and how fast. */
export function ServersTab({ shown }: { shown: ShownSettings }) {
  const { role } = useSession();
  const client = useQueryClient();
  const form = useDraft(shown, serversDraft(client));
  const { values: draft, problem } = form;
  const [showsMistakes, setShowsMistakes] = useState(false);
  const forAdmins = whyNot(role, 'admin');
  const mistakes = mistakesOf(draft);
  const refused = problem === undefined ? [] : asProblem(problem).errors;
  const errorOf = (field: string): string | undefined =>
    (showsMistakes ? mistakes[field] : undefined) ?? refused.find((one) => one.field === field)?.message;
  const set = (part: Partial<typeof draft>) => form.type((is) => ({ ...is, ...part }));
  const save = () => {
    setShowsMistakes(true);
    if (Object.keys(mistakes).length === 0) void form.save();
  };
  const isReadOnly = forAdmins !== undefined;
  return (
    <SettingsForm
      form={form}
      differences={differencesOfServers}
      onSave={save}
      maxWidth={860}
      trials={
        <Stack gap="sm">
          <Group justify="space-between">
            <Title order={3}>Check</Title>
          </Group>
          <CheckServers settings={shown.value} isDirty={form.isDirty()} />
        </Stack>
      }
    >
      <Stack gap="md">
        <Stack gap={2}>
          <Title order={3}>Servers</Title>
          <Text size="sm" className="quiet">
            Tried in this order: when one cannot be reached, the next one gets the mail.{' '}
            {draft.servers.length === 0 &&
              (shown.value.fromInstallation
                ? 'There is none here, so those of the installation are used.'
                : 'There is none yet. Whoever runs Herald can also set one for all workspaces (HERALD_SMTP_URL).')}
          </Text>
        </Stack>
        <ServerRows
          rows={draft.servers}
          stored={shown.value.servers}
          whyNot={forAdmins}
          errorOf={errorOf}
          onChange={(servers) => set({ servers })}
        />
      </Stack>
      <Stack gap="md">
        <Title order={3}>Sender</Title>
        <SimpleGrid cols={{ base: 1, sm: 2 }} className="atEnd">
          <TextInput
            label="From"
            description="The address that mails come from. Your mail server must accept it as a sender."
            placeholder={shown.value.fromInstallation ? (shown.value.sender ?? '') : 'alerts@your-domain'}
            inputMode="email"
            spellCheck={false}
            readOnly={isReadOnly}
            value={draft.fromAddress}
            error={errorOf('fromAddress')}
            onChange={(event) => set({ fromAddress: event.currentTarget.value })}
          />
          <TextInput
            label="Answers go to (optional)"
            description="Where the answers of recipients arrive. Herald reads none."
            inputMode="email"
            spellCheck={false}
            readOnly={isReadOnly}
            value={draft.replyTo}
            error={errorOf('replyTo')}
            onChange={(event) => set({ replyTo: event.currentTarget.value })}
          />
          <TextInput
            label="Mails in a minute"
            description="To all addresses together, as your mail server allows. What is too much waits a little."
            inputMode="numeric"
            readOnly={isReadOnly}
            value={draft.ratePerMinute}
            error={errorOf('ratePerMinute')}
            onChange={(event) => set({ ratePerMinute: event.currentTarget.value })}
          />
        </SimpleGrid>
      </Stack>
    </SettingsForm>
  );
}
