import { Group, Stack } from '@mantine/core';
import { useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ChangedMeanwhile, change } from '../../api/change.ts';
import type { Versioned } from '../../api/client.ts';
import { asProblem } from '../../api/problem.ts';
import { sessionQuery, useSession, whyNot } from '../../api/session.ts';
import { ActionButton } from '../../parts/ActionButton.tsx';
import { Conflict } from '../../parts/Conflict.tsx';
import { useConfirm } from '../../parts/confirm.tsx';
import { ProblemAlert } from '../../parts/ProblemAlert.tsx';
import { tellDone } from '../../parts/tell.tsx';
import { SettingsPage } from '../SettingsPage.tsx';
import { changesOf, type Draft, differences, draftOf } from './draft.ts';
import { Fields } from './Fields.tsx';
import { type Workspace, workspacePath, workspaceQuery } from './queries.ts';

/** What holds for the whole workspace. */
export function WorkspacePage() {
  const { data } = useSuspenseQuery(workspaceQuery);
  return (
    <SettingsPage title="Workspace" intro="What holds for all organizations and everybody who signs in here.">
      <WorkspaceForm shown={data} />
    </SettingsPage>
  );
}

function WorkspaceForm({ shown }: { shown: Versioned<Workspace> }) {
  const { role } = useSession();
  const confirm = useConfirm();
  const client = useQueryClient();
  const [base, setBase] = useState(shown);
  const [draft, setDraft] = useState<Draft>(() => draftOf(shown.value));
  const changes = changesOf(draft, base.value);
  const isUntouched = Object.keys(changes).length === 0;
  const show = (state: Versioned<Workspace>) => {
    setBase(state);
    setDraft(draftOf(state.value));
  };
  // Read again in the background: what nobody has typed over is shown as it is now.
  if (shown !== base && isUntouched) show(shown);
  const save = useSave(show);
  const conflict = save.error instanceof ChangedMeanwhile ? save.error : undefined;
  const errors = save.error && !conflict ? asProblem(save.error).errors : [];
  const forAdmins = whyNot(role, 'admin');
  const submit = async () => {
    if (isUntouched || forAdmins || save.isPending) return;
    const question = removalBy(changes.retentionDays, base.value.retentionDays);
    if (question && !(await confirm(question))) return;
    save.mutate({ base, draft });
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
      noValidate
    >
      <Stack gap="xl" maw={760}>
        {conflict && (
          <Conflict
            differences={conflict.differences}
            onLoad={() => {
              const now = conflict.now as Versioned<Workspace>;
              client.setQueryData(workspaceQuery.queryKey, now);
              show(now);
              save.reset();
            }}
            onOverwrite={() => save.mutate({ base: conflict.now as Versioned<Workspace>, draft })}
          />
        )}
        {save.error && !conflict && <ProblemAlert error={save.error} isBesideFields />}
        <Fields
          draft={draft}
          whyNot={forAdmins}
          errorOf={(member) => errors.find(({ field }) => field.startsWith(member))?.message}
          onChange={(part) => setDraft({ ...draft, ...part })}
        />
        <Group>
          <ActionButton
            type="submit"
            loading={save.isPending}
            whyNot={forAdmins ?? (isUntouched ? 'Nothing has been changed.' : undefined)}
          >
            Save
          </ActionButton>
        </Group>
      </Stack>
    </form>
  );
}

/** Keeping alerts for a shorter time removes some for good. */
function removalBy(days: unknown, now: number) {
  if (typeof days !== 'number' || days >= now) return undefined;
  return {
    title: 'Keep alerts for a shorter time?',
    text: `Alerts that were settled more than ${days} days ago are removed within a day, and nobody can bring them back. Tickets in the PSA stay.`,
    action: 'Shorten',
    isDangerous: true,
  };
}

function useSave(onSaved: (now: Versioned<Workspace>) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ base, draft }: { base: Versioned<Workspace>; draft: Draft }) =>
      change(workspacePath, base, changesOf(draft, base.value), differences),
    onSuccess: (now) => {
      client.setQueryData(workspaceQuery.queryKey, now);
      onSaved(now);
      tellDone('The workspace was saved.');
      // Its name and the second factor stand in the session too.
      return client.invalidateQueries({ queryKey: sessionQuery.queryKey });
    },
    meta: { showsProblem: true },
  });
}
