import './email.css';
import { Stack, Tabs, Text, Title } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Suspense } from 'react';
import { Skeletons } from '../../parts/Skeletons.tsx';
import { Misreading } from '../psa/Misreading.tsx';
import { emailTabs, psaRoute } from '../routes.ts';
import { ContentTab } from './content/ContentTab.tsx';
import { MailState } from './MailState.tsx';
import { mailSettingsQuery } from './queries.ts';
import { GlobalRecipients } from './recipients/GlobalRecipients.tsx';
import { ServersTab } from './servers/ServersTab.tsx';
import { TestMail } from './TestMail.tsx';

const labels: Record<(typeof emailTabs)[number], string> = {
  recipients: 'Recipients',
  content: 'What mails say',
  servers: 'Servers and sender',
  test: 'Test mail',
};

/** E-mail of the workspace: who gets it, what it says, how it leaves, and a test (req 109–117). */
export function EmailSection() {
  const { email: tab = 'recipients' } = psaRoute.useSearch();
  const navigate = useNavigate({ from: '/settings/psa' });
  const { data: shown } = useSuspenseQuery(mailSettingsQuery);
  return (
    <Stack component="section" aria-labelledby="email" gap="md">
      <Title order={2} id="email">
        E-mail
      </Title>
      <MailState settings={shown.value} />
      <Tabs
        keepMounted={false}
        value={tab}
        onChange={(next) => {
          const email = emailTabs.find((one) => one === next);
          void navigate({
            search: email && email !== 'recipients' ? { email } : {},
            replace: true,
            resetScroll: false,
          });
        }}
      >
        <Tabs.List mb="md" aria-label="E-mail">
          {emailTabs.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {labels[name]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Suspense fallback={<Skeletons rows={4} />}>
          <Tabs.Panel value="recipients">
            <GlobalRecipients />
          </Tabs.Panel>
          <Tabs.Panel value="content">
            <ContentTab shown={shown} />
          </Tabs.Panel>
          <Tabs.Panel value="servers">
            <ServersTab shown={shown} />
          </Tabs.Panel>
          <Tabs.Panel value="test">
            <TestMail settings={shown.value} />
          </Tabs.Panel>
        </Suspense>
      </Tabs>
      <Stack gap={4} maw={900}>
        <Misreading about="soc" />
        <Text size="sm" className="quiet">
          These settings say who is told, and how. They are no security controls: which alerts exist is set in
          the applications that send them, what surfaces for investigation by Power Filters and allowlists,
          what may be done about an alert in the SOC settings, and where telemetry comes from in the data
          sources.
        </Text>
      </Stack>
    </Stack>
  );
}
