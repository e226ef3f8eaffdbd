import './wizard.css';
import { Stack } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ComponentType } from 'react';
import type { Versioned } from '../../api/client.ts';
import type { Connection, PsaKind } from '../../api/types.ts';
import { Page } from '../../parts/Page.tsx';
import { connectionQuery, kindsQuery } from '../psa/queries.ts';
import { wizardRoute } from '../routes.ts';
import { AccountsStep } from './accounts/AccountsStep.tsx';
import { ContractsStep } from './contracts/ContractsStep.tsx';
import { CredentialsStep } from './credentials/CredentialsStep.tsx';
import { FinishStep } from './finish/FinishStep.tsx';
import { useStepForm } from './form/useStepForm.ts';
import { StepList } from './frame/StepList.tsx';
import type { FormStep, StepProps } from './step.ts';
import { firstOpen, stepsOf } from './steps.ts';
import { TicketsStep } from './tickets/TicketsStep.tsx';

const steps: Record<FormStep, ComponentType<StepProps>> = {
  credentials: CredentialsStep,
  accounts: AccountsStep,
  tickets: TicketsStep,
  contracts: ContractsStep,
};

/** The settings of one connection, step by step; the address says which step is shown. */
export function WizardPage() {
  const { connectionId } = wizardRoute.useParams();
  const { step: wanted } = wizardRoute.useSearch();
  const { data: shown, refetch } = useSuspenseQuery(connectionQuery(connectionId));
  const { data: kinds } = useSuspenseQuery(kindsQuery);
  const connection = shown.value;
  const kind = kinds.find((one) => one.kind === connection.kind);
  if (!kind) throw new Error(`This version of Herald cannot show connections to ${connection.label}.`);
  const step = wanted && stepsOf(connection).includes(wanted) ? wanted : firstOpen(connection);
  const reload = async () => {
    await refetch();
  };
  return (
    <Page title={connection.name} above={<Link to="/settings/psa">PSA & Email</Link>}>
      <div className="wizard">
        <StepList connection={connection} kind={kind} current={step} />
        <Stack>
          {step === 'finish' ? (
            <FinishStep connection={connection} etag={shown.etag} kind={kind} reload={reload} />
          ) : (
            // Another step or connection begins with its own values.
            <OneStep key={`${connection.id} ${step}`} shown={shown} kind={kind} step={step} reload={reload} />
          )}
        </Stack>
      </div>
    </Page>
  );
}

interface OneStepProps {
  shown: Versioned<Connection>;
  kind: PsaKind;
  step: FormStep;
  reload(): Promise<void>;
}

function OneStep({ shown, kind, step, reload }: OneStepProps) {
  const form = useStepForm(shown, kind, step);
  const Step = steps[step];
  return <Step connection={shown.value} kind={kind} form={form} reload={reload} />;
}
