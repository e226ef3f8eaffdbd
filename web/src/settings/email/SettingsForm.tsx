import { Group, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { useSession, whyNot } from '../../api/session.ts';
import type { DraftState } from '../../drafts/draftState.ts';
import type { OpenDraft } from '../../drafts/openDraft.ts';
import { whyNotSave } from '../../drafts/useDraft.ts';
import { ActionButton } from '../../parts/ActionButton.tsx';
import { Conflict } from '../../parts/Conflict.tsx';
import { ProblemAlert } from '../../parts/ProblemAlert.tsx';
import { Why } from '../../parts/Why.tsx';
import type { MailSettings } from './queries.ts';
import type { ShownSettings } from './settingsDraft.ts';

interface SettingsFormProps<V extends { reason: string }> {
  form: OpenDraft<ShownSettings, V> & DraftState<ShownSettings, V>;
  /** What somebody else has changed meanwhile, in sentences. */
  differences(was: MailSettings, now: MailSettings): string[];
  /** Save was pressed, and something may be saved. */
  onSave(): void;
  /** Pixels. */
  maxWidth?: number;
  /** The fields. */
  children: ReactNode;
  /** Below Save: what tries the settings and changes nothing. */
  trials: ReactNode;
}

/** A form over a part of the mail settings: a conflict or a problem first, then the fields, and Save with why. */
export function SettingsForm<V extends { reason: string }>(props: SettingsFormProps<V>) {
  const { form, differences, onSave, maxWidth, children, trials } = props;
  const { role, workspace } = useSession();
  const { values, base, conflict, problem, sending } = form;
  const isDirty = form.isDirty();
  const forAdmins = whyNot(role, 'admin');
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (isDirty && !forAdmins && !conflict) onSave();
      }}
    >
      <Stack gap="xl" maw={maxWidth}>
        {conflict && (
          <Conflict
            target={{ targetKind: 'email', targetId: workspace.id }}
            lastChange={conflict.lastChange}
            differences={differences(base.value, conflict.theirs.value)}
            onLoad={form.loadTheirs}
            onOverwrite={() => void form.keepMine()}
          />
        )}
        {problem !== undefined && <ProblemAlert error={problem} isBesideFields />}
        {children}
        <Stack gap="sm" maw={560}>
          {isDirty && (
            <Why value={values.reason} onChange={(reason) => form.type((is) => ({ ...is, reason }))} />
          )}
          <Group>
            <ActionButton
              type="submit"
              loading={sending !== undefined}
              whyNot={forAdmins ?? whyNotSave(!isDirty, conflict !== undefined)}
            >
              Save
            </ActionButton>
          </Group>
        </Stack>
        {trials}
      </Stack>
    </form>
  );
}
