import { Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { QuietWay } from '../../../parts/QuietWay.tsx';
import { ReasonSwitch } from '../../../parts/ReasonSwitch.tsx';
import type { Content, DetailSwitch } from './contentDraft.ts';
import { Difference } from './Difference.tsx';

const switches: readonly { name: DetailSwitch; label: string; events: string; description: string }[] = [
  {
    name: 'respondEventDetail',
    label: 'Respond Event Detail',
    events: 'Respond events',
    description: 'The Respond events behind an alert stand in the mail. Off: the summary only.',
  },
  {
    name: 'iocEventDetail',
    label: 'IOC Event Detail',
    events: 'IOC matches',
    description: 'The IOC matches behind an alert stand in the mail. Off: the summary only.',
  },
];

interface DetailSwitchesProps {
  draft: Content;
  alertId: string | undefined;
  whyNot: string | undefined;
  onChange(part: Partial<Content>): void;
}

/** How much of an alert stands in its mail (req 115–117). */
export function DetailSwitches({ draft, alertId, whyNot, onChange }: DetailSwitchesProps) {
  const [compared, setCompared] = useState<(typeof switches)[number]>();
  return (
    <Stack gap="md">
      <Stack gap={2}>
        <Title order={3}>How much stands in a mail</Title>
        <Text size="sm" className="quiet" maw={760}>
          This changes mails only: neither which alerts there are, nor how severe they are, nor what the SOC
          does.
        </Text>
      </Stack>
      {switches.map((one) => (
        <Stack key={one.name} gap={4} align="flex-start">
          <ReasonSwitch
            size="sm"
            label={one.label}
            description={one.description}
            checked={draft[one.name]}
            whyNot={whyNot}
            onTurned={(isOn) => onChange({ [one.name]: isOn })}
          />
          <QuietWay onClick={() => setCompared(one)}>See the difference: {one.label}</QuietWay>
        </Stack>
      ))}
      {compared && (
        <Difference
          name={compared.name}
          label={compared.label}
          events={compared.events}
          draft={draft}
          alertId={alertId}
          onClose={() => setCompared(undefined)}
        />
      )}
    </Stack>
  );
}
