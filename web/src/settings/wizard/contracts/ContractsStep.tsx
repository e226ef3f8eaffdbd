import { Stack, Text, Title } from '@mantine/core';
import { StepFields } from '../StepFields.tsx';
import { StepFrame } from '../StepFrame.tsx';
import type { StepProps } from '../step.ts';
import { ContractMapping } from './ContractMapping.tsx';

/** Contracts on tickets, and counts of billable users on contracts; both are off until one wants them (req 91–106). */
export function ContractsStep(props: StepProps) {
  const { connection, form } = props;
  const isOn = form.fields.some((field) => field.kind === 'switch' && form.values[field.key] === true);
  return (
    <StepFrame
      {...props}
      intro="Both are optional. Leave them off, and there is nothing to do here."
      aside={<Meaning label={connection.label} />}
    >
      <StepFields form={form} connectionId={connection.id} />
      {isOn && <ContractMapping connectionId={connection.id} />}
    </StepFrame>
  );
}

function Meaning({ label }: { label: string }) {
  return (
    <Stack gap="xs">
      <Title order={3}>What it means</Title>
      <Text size="sm">
        A contract on a ticket tells {label} what the work belongs to. Synced counts keep the quantity on a
        contract right, once a month.
      </Text>
      <Text size="sm">
        An organization without a contract still gets its tickets. They carry no contract, and its count goes
        nowhere.
      </Text>
      <Text size="sm" className="quiet">
        This is about tickets and billing only. It changes no detection, no severity, no investigation, and
        nothing that the SOC does.
      </Text>
    </Stack>
  );
}
