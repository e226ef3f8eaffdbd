import { Group, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ChangedMeanwhile, change } from '../api/change.ts';
import type { Versioned } from '../api/client.ts';
import { asProblem, type FieldError } from '../api/problem.ts';
import { useSession, whyNot } from '../api/session.ts';
import type { Organization } from '../api/types.ts';
import { ActionButton } from '../parts/ActionButton.tsx';
import { Conflict } from '../parts/Conflict.tsx';
import { CopyId } from '../parts/CopyId.tsx';
import { ProblemAlert } from '../parts/ProblemAlert.tsx';
import { tellDone } from '../parts/tell.tsx';
import { differencesIn } from './differences.ts';
import { type Draft, draftOf, isSame, toBody } from './draft.ts';
import { organizationPath, organizationQuery } from './queries.ts';
import { ReferenceRows } from './ReferenceRows.tsx';

/** Name and references, saved together. */
export function GeneralTab({ shown }: { shown: Versioned<Organization> }) {
  const { role } = useSession();
  const client = useQueryClient();
  const [base, setBase] = useState(shown);
  const [draft, setDraft] = useState<Draft>(() => draftOf(shown.value));
  const isUntouched = isSame(draft, draftOf(base.value));
  const show = (state: Versioned<Organization>) => {
    setBase(state);
    setDraft(draftOf(state.value));
  };
  // Read again in the background: what nobody has typed over is shown as it is now.
  if (shown !== base && isUntouched) show(shown);
  const save = useSave(show);
  const conflict = save.error instanceof ChangedMeanwhile ? save.error : undefined;
  const errors = save.error && !conflict ? asProblem(save.error).errors : [];
  const forAdmins = whyNot(role, 'admin');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!isUntouched && !forAdmins) save.mutate({ base, draft });
      }}
    >
      <Stack maw={760}>
        {conflict && (
          <Conflict
            differences={conflict.differences}
            onLoad={() => {
              const now = conflict.now as Versioned<Organization>;
              client.setQueryData(organizationQuery(now.value.id).queryKey, now);
              show(now);
              save.reset();
            }}
            onOverwrite={() => save.mutate({ base: conflict.now as Versioned<Organization>, draft })}
          />
        )}
        {save.error && !conflict && (
          <ProblemAlert error={save.error} isBesideFields={errors.every(isShown)} />
        )}
        <TextInput
          label="Name"
          required
          readOnly={forAdmins !== undefined}
          maxLength={200}
          value={draft.name}
          error={errors.find(({ field }) => field === 'name')?.message}
          onChange={(event) => setDraft({ ...draft, name: event.currentTarget.value })}
        />
        <ReferenceRows
          rows={draft.references}
          whyNot={forAdmins}
          errorOf={(at) => inWords(errors.find(({ field }) => positionIn(field) === at))}
          onChange={(references) => setDraft({ ...draft, references })}
        />
        <Group>
          <ActionButton
            type="submit"
            loading={save.isPending}
            whyNot={forAdmins ?? (isUntouched ? 'Nothing has been changed.' : undefined)}
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

function useSave(onSaved: (now: Versioned<Organization>) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ base, draft }: { base: Versioned<Organization>; draft: Draft }) =>
      change(organizationPath(base.value.id), base, toBody(draft), differencesIn('name', 'externalRefs')),
    onSuccess: (now) => {
      client.setQueryData(organizationQuery(now.value.id).queryKey, now);
      onSaved(now);
      tellDone(`${now.value.name} was saved.`);
      return client.invalidateQueries({ queryKey: ['organizations'], refetchType: 'none' });
    },
    meta: { showsProblem: true },
  });
}
