import '../mapping/mapping.css';
import { List, Stack, Text, Title } from '@mantine/core';
import { Suspense } from 'react';
import { Skeletons } from '../../../parts/Skeletons.tsx';
import { FieldInput } from '../fields/FieldInput.tsx';
import { StepFrame } from '../frame/StepFrame.tsx';
import { holdOf, SaveLine } from '../mapping/SaveLine.tsx';
import type { StepProps } from '../step.ts';
import { AccountMapping } from './AccountMapping.tsx';
import { DirectoryState } from './DirectoryState.tsx';
import { useAccountEdits } from './useAccountEdits.ts';

/** Where tickets go: the catch-all first, then account by account (req 52–67). */
export function AccountsStep(props: StepProps) {
  const { connection, form, reload } = props;
  const edits = useAccountEdits({
    connectionId: connection.id,
    isAutomatic: form.isAutomatic && form.whyNot === undefined,
    onSaved: reload,
  });
  const attach = props.kind.fields.find(({ role }) => role === 'attachContacts');
  const withContacts = attach !== undefined && form.values[attach.key] === true;
  return (
    <StepFrame
      {...props}
      hold={holdOf(edits, 'mapping')?.words}
      hasOthersUnsaved={edits.changes.size > 0}
      intro={intro}
    >
      <DirectoryState connection={connection} whyNot={form.whyNot} reload={reload} />
      <div className="mappingTop">
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
        <AccountMapping
          connection={connection}
          kind={props.kind}
          edits={edits}
          withContacts={withContacts}
          whyNot={form.whyNot}
        />
      </Suspense>
      <SaveLine
        edits={edits}
        isAutomatic={form.isAutomatic}
        nouns={['mapping', 'mappings']}
        savingWords="Saving the mappings…"
        savedWords="All mappings are saved."
        canUndoAll={!form.isAutomatic}
      />
    </StepFrame>
  );
}

const intro =
  'First the account that takes what belongs to no other, then an account for each organization. Organizations may stay without one on purpose.';

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
