import { Alert, Anchor, Group, Stack, Text, Title } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Connection } from '../../../api/types.ts';
import { ActionButton } from '../../../parts/ActionButton.tsx';
import { ProblemAlert } from '../../../parts/ProblemAlert.tsx';
import { Why } from '../../../parts/Why.tsx';
import type { SaveState, StepForm, StepProps } from '../step.ts';
import { neighbours, stepLabels, wordsOf } from '../steps.ts';
import { StepConflict } from './StepConflict.tsx';

interface StepFrameProps extends StepProps {
  /** One or two sentences under the title: what this step is for. */
  intro?: ReactNode;
  /** On the right: what it means. */
  aside?: ReactNode;
  /** What stands in the way of going on beside the fields, in one sentence (unsaved mappings). */
  hold?: string | undefined;
  /** Goes to the place where that can be mended. */
  onHold?(): void;
  /** Something beside the fields is not saved, and says so where it is. */
  hasOthersUnsaved?: boolean;
  /** The word for saving by hand. */
  saveWord?: string;
  children: ReactNode;
}

/** A step: its form, what it means, how it is saved, and why one cannot go on yet. */
export function StepFrame(props: StepFrameProps) {
  const { connection, kind, form, intro, aside, children } = props;
  return (
    <div className={aside ? 'stepFrame withAside' : 'stepFrame'}>
      <Stack className="stepForm" gap="lg">
        <Stack gap={4}>
          <Title order={2}>{stepLabels[form.step]}</Title>
          {intro && <Text className="quiet">{intro}</Text>}
        </Stack>
        {form.whyNot && <Alert color="gray">{form.whyNot} You see how it is set.</Alert>}
        {connection.status !== 'draft' && form.step !== 'credentials' && (
          <Text size="sm" className="quiet">
            This connection is in use: what you change is kept in this browser, and takes effect when you save
            it.
          </Text>
        )}
        {form.conflict && (
          <StepConflict connectionId={connection.id} fields={kind.fields} conflict={form.conflict} />
        )}
        {children}
        {form.problem !== undefined && form.problem !== null && (
          <ProblemAlert error={form.problem} title="This was not saved" />
        )}
        <Foot {...props} />
      </Stack>
      {aside && (
        <aside className="stepAside" aria-label="What it means">
          {aside}
        </aside>
      )}
    </div>
  );
}

function Foot(props: StepFrameProps) {
  const { connection, form, hold, onHold, hasOthersUnsaved, saveWord = 'Save' } = props;
  const navigate = useNavigate();
  const { before, after } = neighbours(connection, form.step);
  const goTo = (step: typeof after) =>
    step &&
    navigate({
      to: '/settings/psa/$connectionId',
      params: { connectionId: connection.id },
      search: { step },
    });
  const next = async () => {
    if (form.whyNot || (await form.save())) await goTo(after);
    else form.showMissing();
  };
  const lacking = wordsOf(form.errors);
  const blocks = form.conflict ? 'Decide first between your state and the other one.' : (lacking ?? hold);
  const isByHand = !form.isAutomatic && !form.whyNot;
  return (
    <Stack gap="xs" className="stepFoot">
      {lacking && !form.whyNot && (
        <Text size="sm">
          Not complete yet. {lacking}{' '}
          <Anchor component="button" type="button" size="sm" onClick={form.showMissing}>
            Go to the field
          </Anchor>
        </Text>
      )}
      {hold && onHold && !form.whyNot && (
        <Text size="sm">
          {hold}{' '}
          <Anchor component="button" type="button" size="sm" onClick={onHold}>
            Go to the row
          </Anchor>
        </Text>
      )}
      {isByHand && connection.status !== 'draft' && form.state !== 'saved' && (
        <Why value={form.reason} onChange={form.setReason} />
      )}
      <Text size="sm" className="quiet" role="status">
        {form.whyNot || (hasOthersUnsaved && form.state === 'saved') ? '' : stateWords(form, connection)}
      </Text>
      <Group justify="space-between" gap="xs">
        {before ? (
          <ActionButton variant="default" onClick={() => void goTo(before)}>
            Back
          </ActionButton>
        ) : (
          <span />
        )}
        <Group gap="sm">
          {isByHand && (
            <ActionButton
              variant={connection.status === 'draft' ? 'default' : 'filled'}
              loading={form.state === 'saving'}
              whyNot={whyNotSave(form.state)}
              onClick={() => void form.save()}
            >
              {saveWord}
            </ActionButton>
          )}
          {after && (
            <ActionButton
              variant={connection.status === 'draft' ? 'filled' : 'default'}
              whyNot={form.whyNot ? undefined : blocks}
              onClick={() => void next()}
            >
              Next
            </ActionButton>
          )}
        </Group>
      </Group>
    </Stack>
  );
}

const whyNotSave = (state: SaveState): string | undefined =>
  state === 'saved' ? 'Nothing has been changed.' : undefined;

function stateWords({ state, step, isAutomatic }: StepForm, { steps }: Connection): string {
  if (state === 'saving') return 'Saving…';
  if (state === 'saved') return steps[step] === undefined ? '' : 'Everything is saved';
  if (step === 'credentials') return 'Not checked and saved yet. Secrets are kept nowhere until then.';
  return state === 'kept' || !isAutomatic ? 'Not saved yet; kept in this browser' : 'Saving in a moment…';
}
