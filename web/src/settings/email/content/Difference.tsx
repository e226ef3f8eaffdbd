import { Loader, Modal, SegmentedControl, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ProblemAlert } from '../../../parts/ProblemAlert.tsx';
import type { Content, DetailSwitch } from './contentDraft.ts';
import { MailFrame } from './MailFrame.tsx';
import { mailPreviewQuery } from './useMailPreview.ts';

interface DifferenceProps {
  name: DetailSwitch;
  label: string;
  draft: Content;
  alertId: string | undefined;
  onClose(): void;
}

type Part = 'html' | 'text';

/** The same mail with a switch on and off, side by side. */
export function Difference({ name, label, draft, alertId, onClose }: DifferenceProps) {
  const [part, setPart] = useState<Part>('html');
  const on = useQuery(mailPreviewQuery('global', alertId, { ...draft, [name]: true }));
  const off = useQuery(mailPreviewQuery('global', alertId, { ...draft, [name]: false }));
  const isSame = on.data !== undefined && on.data.text === off.data?.text;
  return (
    <Modal opened onClose={onClose} size={1100} title={`${label}: the difference`}>
      <Stack>
        {isSame && (
          <Text role="status">
            For this alert both mails are the same: it carries no such events. Choose another alert on the
            page behind to see a difference.
          </Text>
        )}
        <SegmentedControl
          w="fit-content"
          aria-label="Part of the mail"
          data={[
            { value: 'html', label: 'As mail programs show it' },
            { value: 'text', label: 'Plain text' },
          ]}
          value={part}
          onChange={(next) => setPart(next as Part)}
        />
        <div className="sideBySide">
          {[
            { words: 'On: with the events', answer: on },
            { words: 'Off: the summary only', answer: off },
          ].map(({ words, answer: { data, error, refetch } }) => (
            <Stack key={words} gap="xs" component="section" aria-label={words}>
              <Title order={3}>{words}</Title>
              {error && <ProblemAlert error={error} onRetry={() => void refetch()} />}
              {!data && !error && <Loader size="sm" aria-label="Loading" />}
              {data && part === 'html' && <MailFrame html={data.html} title={`The mail: ${words}`} />}
              {data && part === 'text' && <MailText text={data.text} label={`The text: ${words}`} />}
            </Stack>
          ))}
        </div>
      </Stack>
    </Modal>
  );
}

/** The plain part of a mail; it is scrolled by keyboard too. */
export function MailText({ text, label }: { text: string; label: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section className="mailText json" tabIndex={0} aria-label={label} dir="auto">
      {text}
    </section>
  );
}
