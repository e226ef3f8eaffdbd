import { Group, SegmentedControl, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { Foreign } from '../../../parts/Foreign.tsx';
import type { Content } from './contentDraft.ts';
import { MailText } from './Difference.tsx';
import { MailFrame } from './MailFrame.tsx';
import { type MailScope, useMailPreview } from './useMailPreview.ts';

/** The whole mail of the chosen alert with what is typed, both of its parts. */
export function WholeMail({ draft, alertId }: { draft: Content; alertId: string | undefined }) {
  const [scope, setScope] = useState<MailScope>('global');
  const { preview, mistakes, problem } = useMailPreview(scope, alertId, draft);
  return (
    <Stack gap="sm" component="section" aria-labelledby="wholeMail">
      <Group justify="space-between" gap="sm">
        <Title order={3} id="wholeMail">
          The mail of this alert
        </Title>
        <SegmentedControl
          size="xs"
          aria-label="For whom"
          data={[
            { value: 'global', label: 'Global recipients' },
            { value: 'organization', label: 'Of the organization' },
          ]}
          value={scope}
          onChange={(next) => setScope(next as MailScope)}
        />
      </Group>
      {preview ? (
        <>
          <Text fw={600} dir="auto">
            <Foreign text={preview.subject} />
          </Text>
          <div className="sideBySide">
            <MailFrame html={preview.html} title="The mail as mail programs show it" />
            <MailText text={preview.text} label="The plain text of the mail" />
          </div>
        </>
      ) : mistakes.length > 0 || problem !== undefined ? (
        <Text className="quiet">
          {mistakes.length > 0 ? 'It is shown as soon as its subject above can be used.' : problem}
        </Text>
      ) : (
        <Skeleton height={300} />
      )}
    </Stack>
  );
}
