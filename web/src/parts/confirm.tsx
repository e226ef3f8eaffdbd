/** A question before something that cannot be taken back, or that others see. */
import { Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { createContext, type ReactNode, use, useCallback, useState } from 'react';

export interface Question {
  title: string;
  /** What will happen, to what, and to how many. */
  text: ReactNode;
  /** The verb on the button: "Pause", "Remove". */
  action: string;
  isDangerous?: boolean;
  /** Asks why; the answer goes into the audit. `required`: there is no going on without. */
  reason?: 'optional' | 'required';
}

export interface Answer {
  reason: string | undefined;
}

type Ask = (question: Question) => Promise<Answer | undefined>;

const Asking = createContext<Ask | undefined>(undefined);

/** Asks, and answers undefined when the person does not want it after all. */
export function useConfirm(): Ask {
  const ask = use(Asking);
  if (!ask) throw new Error('useConfirm needs a ConfirmProvider above it');
  return ask;
}

interface Open extends Question {
  answer(answer: Answer | undefined): void;
}

export function ConfirmProvider({ children }: { children: ReactNode }) {
  const [open, setOpen] = useState<Open>();
  const [reason, setReason] = useState('');
  const ask = useCallback<Ask>(
    (question) =>
      new Promise((resolve) => {
        setReason('');
        setOpen({ ...question, answer: resolve });
      }),
    [],
  );
  const close = (answer: Answer | undefined) => {
    open?.answer(answer);
    setOpen(undefined);
  };
  const isMissing = open?.reason === 'required' && reason.trim() === '';
  return (
    <Asking value={ask}>
      {children}
      <Modal opened={open !== undefined} onClose={() => close(undefined)} title={open?.title ?? ''} centered>
        {open && (
          <form
            onSubmit={(event) => {
              event.preventDefault();
              if (!isMissing) close({ reason: reason.trim() || undefined });
            }}
          >
            <Stack>
              {typeof open.text === 'string' ? <Text>{open.text}</Text> : open.text}
              {open.reason && (
                <Textarea
                  label={open.reason === 'required' ? 'Why' : 'Why (optional)'}
                  description="It stands in the audit, for those who ask later."
                  maxLength={500}
                  autosize
                  minRows={2}
                  value={reason}
                  onChange={(event) => setReason(event.currentTarget.value)}
                  data-autofocus
                />
              )}
              <Group justify="flex-end">
                <Button variant="default" onClick={() => close(undefined)}>
                  Cancel
                </Button>
                <Button type="submit" {...(open.isDangerous && { color: 'red' })} disabled={isMissing}>
                  {open.action}
                </Button>
              </Group>
            </Stack>
          </form>
        )}
      </Modal>
    </Asking>
  );
}
