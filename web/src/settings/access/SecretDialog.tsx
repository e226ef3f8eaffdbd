import { Button, Group, Modal, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { ActionButton } from '../../parts/ActionButton.tsx';
import { ProblemAlert } from '../../parts/ProblemAlert.tsx';
import { ShownOnce } from '../../parts/ShownOnce.tsx';

interface SecretDialogProps {
  title: string;
  isOpen: boolean;
  onClose(): void;
  /** A {@link SecretForm}; it begins anew each time the dialog is opened. */
  children: ReactNode;
}

/** A dialog that makes a secret. */
export function SecretDialog({ title, isOpen, onClose, children }: SecretDialogProps) {
  return (
    <Modal opened={isOpen} onClose={onClose} title={title} centered size="lg">
      {isOpen && children}
    </Modal>
  );
}

interface SecretFormProps {
  /** The verb on the button. */
  action: string;
  /** Why it cannot be made as it stands. */
  whyNot?: string | undefined;
  /** The change that makes it. */
  making: { error: unknown; isPending: boolean; mutate(): void };
  /** Above what the server refuses: "No key was made". */
  refusal: string;
  /** Once it is made: shown in place of the form, and never again. */
  made: { title: string; value: string; what: string; words: string } | undefined;
  onClose(): void;
  /** The fields. */
  children: ReactNode;
}

/** Asks what is needed for a secret, makes it, and shows it once. */
export function SecretForm({ action, whyNot, making, refusal, made, onClose, children }: SecretFormProps) {
  if (made)
    return (
      <Stack>
        <ShownOnce title={made.title} value={made.value} what={made.what}>
          {made.words}
        </ShownOnce>
        <Group justify="flex-end">
          <Button onClick={onClose}>Done</Button>
        </Group>
      </Stack>
    );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        making.mutate();
      }}
    >
      <Stack>
        {making.error != null && <ProblemAlert error={making.error} title={refusal} isBesideFields />}
        {children}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <ActionButton type="submit" loading={making.isPending} whyNot={whyNot}>
            {action}
          </ActionButton>
        </Group>
      </Stack>
    </form>
  );
}
