import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { isStale } from '../../../api/client.ts';
import { asProblem } from '../../../api/problem.ts';
import { ActionButton } from '../../../parts/ActionButton.tsx';
import { Conflict } from '../../../parts/Conflict.tsx';
import { errorAt } from '../../../parts/fieldErrors.ts';
import { ProblemAlert } from '../../../parts/ProblemAlert.tsx';
import { reasonOf, Why } from '../../../parts/Why.tsx';
import type { Recipient, RecipientList } from '../queries.ts';
import { useSaveRecipient } from './changes.ts';
import { differences, draftOf, isSame } from './draft.ts';
import { RecipientFields } from './RecipientFields.tsx';

interface RecipientDialogProps {
  list: RecipientList;
  /** Of the organization whose list it is. */
  organizationName: string | null;
  /** The one that is changed, as it is now; undefined adds one. */
  recipient: Recipient | undefined;
  onClose(): void;
}

/** Adds a recipient, or changes one; what was typed stays when it is refused. */
export function RecipientDialog({ recipient, organizationName, list, onClose }: RecipientDialogProps) {
  const title = recipient ? `Change ${recipient.address}` : 'Add an e-mail address';
  return (
    <Modal opened onClose={onClose} title={title} centered size="lg">
      <RecipientForm
        recipient={recipient}
        organizationName={organizationName}
        list={list}
        onClose={onClose}
      />
    </Modal>
  );
}

function RecipientForm({ list, organizationName, recipient, onClose }: RecipientDialogProps) {
  const [base, setBase] = useState(recipient);
  const [draft, setDraft] = useState(() => draftOf(recipient));
  const [reason, setReason] = useState('');
  const save = useSaveRecipient(list);
  const isConflict =
    save.error !== null && isStale(save.error) && base !== undefined && recipient !== undefined;
  /** `over`: the state that the change is meant for; undefined adds one. */
  const submit = (over: Recipient | undefined) =>
    save.mutate({ draft, recipient: over, reason: reasonOf(reason) }, { onSuccess: onClose });
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (whyNotYet(draft, base) === undefined && !isConflict) submit(base);
      }}
    >
      <Stack>
        <Text size="sm" className="quiet">
          {organizationName === null
            ? 'A global recipient gets the alerts of all organizations whose e-mail is on.'
            : `It gets the alerts of ${organizationName} only, besides the global recipients.`}
        </Text>
        {isConflict && (
          <Conflict
            target={{ targetKind: 'recipient', targetId: recipient.id }}
            lastChange={asProblem(save.error).lastChange}
            differences={differences(base, recipient)}
            onLoad={() => {
              setDraft(draftOf(recipient));
              setBase(recipient);
              save.reset();
            }}
            onOverwrite={() => {
              setBase(recipient);
              submit(recipient);
            }}
          />
        )}
        <RecipientFields
          draft={draft}
          errorOf={(field) => errorAt(save.error, field)}
          onChange={(part) => setDraft((is) => ({ ...is, ...part }))}
        />
        <Why value={reason} onChange={setReason} isWide />
        {save.error && !isConflict && asProblem(save.error).errors.length === 0 && (
          <ProblemAlert error={save.error} title="It was not saved" />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <ActionButton
            type="submit"
            loading={save.isPending}
            whyNot={
              isConflict ? 'Decide first between your state and the other one.' : whyNotYet(draft, base)
            }
          >
            {recipient ? 'Save' : 'Add'}
          </ActionButton>
        </Group>
      </Stack>
    </form>
  );
}

function whyNotYet(draft: ReturnType<typeof draftOf>, base: Recipient | undefined): string | undefined {
  if (draft.address.trim() === '') return 'Enter an address first.';
  if (draft.severities.length === 0) return 'Choose at least one severity. To stop its mail, remove it.';
  return base && isSame(draft, draftOf(base)) ? 'Nothing has been changed.' : undefined;
}
