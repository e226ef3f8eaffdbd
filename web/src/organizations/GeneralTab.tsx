import { Group, Stack, TextInput } from '@mantine/core';
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { change, keepChanged, runChange } from '../api/change.ts';
import type { Versioned } from '../api/client.ts';
import { asProblem, type FieldError } from '../api/problem.ts';
import { useSession, whyNot } from '../api/session.ts';
import type { Organization } from '../api/types.ts';
import type { DraftKind } from '../drafts/openDraft.ts';
import { useDraft, whyNotSave } from '../drafts/useDraft.ts';
import { ActionButton } from '../parts/ActionButton.tsx';
import { Conflict } from '../parts/Conflict.tsx';
import { CopyId } from '../parts/CopyId.tsx';
import { ProblemAlert } from '../parts/ProblemAlert.tsx';
import { tellDone } from '../parts/tell.tsx';
import { reasonOf, Why } from '../parts/Why.tsx';
import { differencesIn } from './differences.ts';
import { type Draft, draftOf, isSame, toBody } from './draft.ts';
import { organizationPath, organizationQuery } from './queries.ts';
import { ReferenceRows } from './ReferenceRows.tsx';

/** Name and references, saved together. */
export function GeneralTab({ shown }: { shown: Versioned<Organization> }) {
  const { role } = useSession();
  const client = useQueryClient();
  const form = useDraft(shown, kindOf(client));
  const { values: draft, base, conflict, problem } = form;
  const isUntouched = !form.isDirty();
  const errors = asProblem(problem).errors;
  const forAdmins = whyNot(role, 'admin');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!forAdmins) void form.save();
      }}
    >
      <Stack maw={760}>
        {conflict && (
          <Conflict
            target={{ targetKind: 'organization', targetId: base.value.id }}
            lastChange={conflict.lastChange}
            differences={differences(base.value, conflict.theirs.value)}
            onLoad={form.loadTheirs}
            onOverwrite={() => void form.keepMine()}
          />
        )}
        {problem !== undefined && <ProblemAlert error={problem} isBesideFields={errors.every(isShown)} />}
        <TextInput
          label="Name"
          required
          readOnly={forAdmins !== undefined}
          maxLength={200}
          value={draft.name}
          error={errors.find(({ field }) => field === 'name')?.message}
          onChange={({ currentTarget: { value: name } }) => form.type((is) => ({ ...is, name }))}
        />
        <ReferenceRows
          rows={draft.references}
          whyNot={forAdmins}
          errorOf={(at) => inWords(errors.find(({ field }) => positionIn(field) === at))}
          onChange={(references) => form.type((is) => ({ ...is, references }))}
        />
        {!isUntouched && (
          <Why value={draft.reason} onChange={(reason) => form.type((is) => ({ ...is, reason }))} />
        )}
        <Group>
          <ActionButton
            type="submit"
            loading={form.sending !== undefined}
            whyNot={forAdmins ?? whyNotSave(isUntouched, conflict !== undefined)}
          >
            Save
          </ActionButton>
          <CopyId id={base.value.id} label="organization id" />
        </Group>
      </Stack>
    </form>
  );
}

/** `externalRefs[3].value` is wrong at the fourth row. */
const positionIn = (field: string): number => Number(/^externalRefs[.[](\d+)/.exec(field)?.[1] ?? Number.NaN);
/** The name of the member would say nothing to a person. */
const inWords = (error: FieldError | undefined): string | undefined =>
  error?.code === 'required' ? 'Write the reference, or remove this row.' : error?.message;

const isShown = ({ field }: FieldError): boolean => field === 'name' || !Number.isNaN(positionIn(field));

const differences = differencesIn('name', 'externalRefs');

const kindOf = (client: QueryClient): DraftKind<Versioned<Organization>, Draft> => ({
  valuesOf: ({ value }) => draftOf(value),
  isSame,
  showsAnswer: true,
  write: (draft, base) =>
    runChange(client, async () => {
      const { id } = base.value;
      const reason = reasonOf(draft.reason);
      const changing = change(organizationPath(id), base, toBody(draft), differences, reason);
      const now = await keepChanged(client, organizationQuery(id).queryKey, changing);
      tellDone(`${now.value.name} was saved.`);
      void client.invalidateQueries({ queryKey: ['organizations'], refetchType: 'none' });
      return now;
    }),
});
