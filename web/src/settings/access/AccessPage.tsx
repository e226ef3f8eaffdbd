import { Tabs } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { Suspense } from 'react';
import { Skeletons } from '../../parts/Skeletons.tsx';
import { accessRoute } from '../routes.ts';
import { SettingsPage } from '../SettingsPage.tsx';
import { KeysTab } from './keys/KeysTab.tsx';
import { PeopleTab } from './people/PeopleTab.tsx';
import { SignOnTab } from './signOn/SignOnTab.tsx';

const tabs = [
  { value: 'people', label: 'People' },
  { value: 'keys', label: 'API keys' },
  { value: 'sign-on', label: 'Single sign-on' },
] as const;

type TabName = (typeof tabs)[number]['value'];

/** Who may do what here: people, programs, and the places that vouch for people. */
export function AccessPage() {
  const { tab = 'people' } = accessRoute.useSearch();
  const navigate = useNavigate();
  const open = (value: string | null) =>
    navigate({ to: '/settings/access', search: { tab: (value ?? 'people') as TabName } });
  return (
    <SettingsPage
      title="Access"
      intro="Who may look, work and change things here: people, and programs with keys."
    >
      <Tabs value={tab} onChange={open} keepMounted={false}>
        <Tabs.List mb="md">
          {tabs.map(({ value, label }) => (
            <Tabs.Tab key={value} value={value}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Suspense fallback={<Skeletons rows={4} />}>
          <Tabs.Panel value="people">
            <PeopleTab />
          </Tabs.Panel>
          <Tabs.Panel value="keys">
            <KeysTab />
          </Tabs.Panel>
          <Tabs.Panel value="sign-on">
            <SignOnTab />
          </Tabs.Panel>
        </Suspense>
      </Tabs>
    </SettingsPage>
  );
}
