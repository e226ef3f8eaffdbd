import { Stack } from '@mantine/core';
import { asProblem } from '../../../api/problem.ts';
import { StepFields } from '../frame/StepFields.tsx';
import { StepFrame } from '../frame/StepFrame.tsx';
import type { StepProps } from '../step.ts';
import { CheckAgain } from './CheckAgain.tsx';
import { Checks } from './Checks.tsx';
import { Setup } from './Setup.tsx';

/** The login of the API user: the PSA is asked before anything is stored (req 48–51). */
export function CredentialsStep(props: StepProps) {
  const { connection, kind, form } = props;
  const problem = form.problem ? asProblem(form.problem) : undefined;
  const isRefused = problem?.code === 'credentialsInvalid';
  const frame = isRefused ? { ...form, problem: undefined } : form;
  return (
    <StepFrame
      {...props}
      form={frame}
      intro={`${kind.label} is asked whether it takes them before they are stored. Secrets are sealed, and never shown again.`}
      aside={<Setup setup={kind.setup} label={kind.label} />}
      saveWord="Check and save"
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void form.save();
        }}
      >
        <StepFields form={form} connectionId={connection.id} />
        {/* Enter in a field checks and saves, as the button below does. */}
        <button type="submit" hidden>
          Check and save
        </button>
      </form>
      <Stack gap="xs" role="status">
        {isRefused && (
          <Checks
            title="The credentials are invalid, or lack rights"
            lines={problem.errors.map(({ field, message }) => ({ key: field, ok: false, text: message }))}
            foot={
              connection.steps.credentials
                ? 'Nothing was replaced: the connection goes on with those that are set.'
                : 'Nothing was stored. What you typed is still here.'
            }
          />
        )}
        {form.checks && form.state === 'saved' && (
          <Checks
            title={`${kind.label} takes these credentials`}
            lines={form.checks.map(({ key, ok, label, text }) => ({ key, ok, text: `${label}. ${text}` }))}
          />
        )}
      </Stack>
      {connection.steps.credentials && !form.checks && !isRefused && form.state === 'saved' && (
        <CheckAgain connectionId={connection.id} label={kind.label} />
      )}
    </StepFrame>
  );
}
