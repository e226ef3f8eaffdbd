import { Group, Stack } from '@mantine/core';
import { type QueryClient, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { change, keepChanged, runChange } from '../../api/change.ts';
import type { Versioned } from '../../api/client.ts';
import { asProblem } from '../../api/problem.ts';
import { sessionQuery, useSession, whyNot } from '../../api/session.ts';
import type { DraftKind } from '../../drafts/openDraft.ts';
import { useDraft, whyNotSave } from '../../drafts/useDraft.ts';
import { ActionButton } from '../../parts/ActionButton.tsx';
import { Conflict } from '../../parts/Conflict.tsx';
import { useConfirm } from '../../parts/confirm.tsx';
import { ProblemAlert } from '../../parts/ProblemAlert.tsx';
import { tellDone } from '../../parts/tell.tsx';
import { reasonOf, Why } from '../../parts/Why.tsx';
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
  const form = useDraft(shown, kindOf(client));
  const { values, base, conflict, problem } = form;
  const { draft } = values;
  const { errors } = asProblem(problem);
  const forAdmins = whyNot(role, 'admin');
  const ask = async (over: Workspace): Promise<boolean> => {
    const question = removalBy(changesOf(draft, over).retentionDays, over.retentionDays);
    return question === undefined || (await confirm(question)) !== undefined;
  };
  const submit = async () => {
    if (forAdmins || conflict || form.sending) return;
    if (await ask(base.value)) await form.save();
  };
  const overwrite = async ({ value }: Versioned<Workspace>) => {
    if (await ask(value)) await form.keepMine();
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
            target={{ targetKind: 'workspace', targetId: base.value.id }}
            lastChange={conflict.lastChange}
            differences={differences(base.value, conflict.theirs.value)}
            onLoad={form.loadTheirs}
            onOverwrite={() => void overwrite(conflict.theirs)}
          />
        )}
        {problem !== undefined && <ProblemAlert error={problem} isBesideFields />}
        <Fields
          draft={draft}
          whyNot={forAdmins}
          errorOf={(member) => errors.find(({ field }) => field.startsWith(member))?.message}
          onChange={(part) => form.type((is) => ({ ...is, draft: { ...is.draft, ...part } }))}
        />
        {form.isDirty() && (
          <Why value={values.reason} onChange={(reason) => form.type((is) => ({ ...is, reason }))} />
        )}
        <Group>
          <ActionButton
            type="submit"
            loading={form.sending !== undefined}
            whyNot={forAdmins ?? whyNotSave(!form.isDirty(), conflict !== undefined)}
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

interface Values {
  draft: Draft;
  /** Why it is changed, for the audit. */
  reason: string;
}

const kindOf = (client: QueryClient): DraftKind<Versioned<Workspace>, Values> => ({
  valuesOf: ({ value }) => ({ draft: draftOf(value), reason: '' }),
  isSame: (one, other) => JSON.stringify(one.draft) === JSON.stringify(other.draft),
  showsAnswer: true,
  write: ({ draft, reason }, base) =>
    runChange(client, async () => {
      const body = changesOf(draft, base.value);
      const changing = change(workspacePath, base, body, differences, reasonOf(reason));
      const now = await keepChanged(client, workspaceQuery.queryKey, changing);
      tellDone('The workspace was saved.');
      // Its name and the second factor stand in the session too.
      void client.invalidateQueries({ queryKey: sessionQuery.queryKey });
      return now;
    }),
});
