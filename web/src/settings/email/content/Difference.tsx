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
  /** What the switch lets into a mail: "Respond events". */
  events: string;
  draft: Content;
  alertId: string | undefined;
  onClose(): void;
}

type Part = 'html' | 'text';

/** The same mail with a switch on and off, side by side, of an alert that shows the difference if there is one. */
export function Difference({ name, label, events, draft, alertId, onClose }: DifferenceProps) {
  const [part, setPart] = useState<Part>('html');
  const on = useQuery(mailPreviewQuery('global', alertId, { ...draft, [name]: true }, name));
  // Of the alert that was found for the first one: the newest may be another one by now.
  const found = on.data?.alertId ?? undefined;
  const off = useQuery({
    ...mailPreviewQuery('global', found, { ...draft, [name]: false }),
    enabled: on.data !== undefined,
  });
  const isSame = on.data !== undefined && on.data.text === off.data?.text;
  return (
    <Modal opened onClose={onClose} size={1100} title={`${label}: the difference`}>
      <Stack>
        {isSame && (
          <Text role="status">
            No recent alert carries {events}, so both mails are the same. Look again when one has come in.
          </Text>
        )}
        {found !== undefined && found !== alertId && (
          <Text role="status">
            The alert chosen on the page behind carries no {events}. This is the newest one that does.
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
