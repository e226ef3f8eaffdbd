import './accounts.css';
import { Button, Group, List, Stack, Text, Title } from '@mantine/core';
import { Suspense } from 'react';
import { Skeletons } from '../../../parts/Skeletons.tsx';
import { FieldInput } from '../fields/FieldInput.tsx';
import { StepFrame } from '../StepFrame.tsx';
import type { StepProps } from '../step.ts';
import { DirectoryState } from './DirectoryState.tsx';
import { Mappings } from './Mappings.tsx';
import { type MappingEdits, useMappings } from './useMappings.ts';

/** Where tickets go: the catch-all first, then account by account (req 52–67). */
export function AccountsStep(props: StepProps) {
  const { connection, form, reload } = props;
  const edits = useMappings({
    connectionId: connection.id,
    isAutomatic: form.isAutomatic && form.whyNot === undefined,
    onSaved: reload,
  });
  const attach = props.kind.fields.find(({ role }) => role === 'attachContacts');
  const withContacts = attach !== undefined && form.values[attach.key] === true;
  return (
    <StepFrame {...props} hold={holdOf(edits)} hasOthersUnsaved={edits.changes.size > 0} intro={intro}>
      <DirectoryState connection={connection} whyNot={form.whyNot} reload={reload} />
      <div className="accountsTop">
        <Stack>
          {form.fields
            // Without contacts on tickets nobody needs to choose one.
            .filter(({ kind }) => kind !== 'contact' || withContacts)
            .map((field) => (
              <FieldInput key={field.key} field={field} form={form} connectionId={connection.id} />
            ))}
        </Stack>
        <Meaning withContacts={withContacts} />
      </div>
      <Suspense fallback={<Skeletons rows={10} />}>
        <Mappings
          connection={connection}
          kind={props.kind}
          edits={edits}
          withContacts={withContacts}
          whyNot={form.whyNot}
        />
      </Suspense>
      <SaveLine edits={edits} isAutomatic={form.isAutomatic} />
    </StepFrame>
  );
}

const intro =
  'First the account that takes what belongs to no other, then an account for each organization. Organizations may stay without one on purpose.';

function holdOf({ refused, changes }: MappingEdits): string | undefined {
  const wrong = [...refused.keys()].filter((id) => changes.has(id)).length;
  if (wrong === 0) return undefined;
  return wrong === 1
    ? 'One mapping was not taken: see its row.'
    : `${wrong} mappings were not taken: see their rows.`;
}

function SaveLine({ edits, isAutomatic }: { edits: MappingEdits; isAutomatic: boolean }) {
  const { changes, refused, isSaving } = edits;
  const count = changes.size;
  return (
    <Group gap="sm" className="mappingSave">
      <Text size="sm" className="quiet" role="status">
        {saveWords(count, refused.size, isSaving, isAutomatic)}
      </Text>
      {!isAutomatic && count > 0 && (
        <>
          <Button size="xs" loading={isSaving} onClick={() => void edits.save()}>
            {count === 1 ? 'Save 1 mapping' : `Save ${count.toLocaleString('en')} mappings`}
          </Button>
          <Button size="xs" variant="subtle" color="gray" onClick={() => edits.undo()}>
            Undo all
          </Button>
        </>
      )}
    </Group>
  );
}

function saveWords(count: number, refused: number, isSaving: boolean, isAutomatic: boolean): string {
  if (isSaving) return 'Saving the mappings…';
  if (count === 0) return 'All mappings are saved.';
  const many = `${count.toLocaleString('en')} ${count === 1 ? 'mapping is' : 'mappings are'} not saved`;
  if (refused > 0) return `${many}: see the rows that say why. They are kept in this browser.`;
  return isAutomatic ? `${many} yet.` : `${many}; kept in this browser until you save.`;
}

function Meaning({ withContacts }: { withContacts: boolean }) {
  return (
    <Stack gap="sm" component="aside" aria-label="What it means" className="stepAside">
      <Title order={3}>Where a ticket goes</Title>
      <List type="ordered" size="sm" spacing={6}>
        <List.Item>An alert names its organization.</List.Item>
        <List.Item>If the organization is mapped, the ticket goes to its account.</List.Item>
        <List.Item>
          If not, or if nobody knows the organization, it goes to the catch-all. No alert is lost.
        </List.Item>
      </List>
      <Text size="sm">
        One account may serve several organizations; an organization has exactly one account.
      </Text>
      <Title order={3}>Who is the contact</Title>
      {withContacts ? (
        <List type="ordered" size="sm" spacing={6}>
          <List.Item>
            The contact of that account with the e-mail address of the alert, upper and lower case alike.
          </List.Item>
          <List.Item>Else the contact chosen in the row.</List.Item>
          <List.Item>Else the account&apos;s primary contact, else its first active one.</List.Item>
        </List>
      ) : (
        <Text size="sm">Tickets carry no contact. Accounts without contacts can be mapped too.</Text>
      )}
      {withContacts && (
        <Text size="sm">
          So every account in use needs a contact. Should the last one vanish later, the ticket is still made,
          and says that it has none.
        </Text>
      )}
    </Stack>
  );
}
