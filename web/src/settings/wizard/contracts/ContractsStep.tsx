import '../mapping/mapping.css';
import { Stack, Text, Title } from '@mantine/core';
import { Suspense, useState } from 'react';
import { Skeletons } from '../../../parts/Skeletons.tsx';
import { StepFields } from '../frame/StepFields.tsx';
import { StepFrame } from '../frame/StepFrame.tsx';
import type { SoughtRow } from '../mapping/MappingTable.tsx';
import { holdOf } from '../mapping/SaveLine.tsx';
import { useRowEdits } from '../mapping/useRowEdits.ts';
import { useTableSearch } from '../mapping/useTableSearch.ts';
import type { StepProps } from '../step.ts';
import { ContractMapping } from './ContractMapping.tsx';
import { contractPart } from './contractPart.ts';

/** Contracts on tickets, and counts of billable users on contracts; both are off until one wants them (req 91–106). */
export function ContractsStep(props: StepProps) {
  const { connection, form } = props;
  const isAutomatic = form.isAutomatic && form.whyNot === undefined;
  const edits = useRowEdits(contractPart, { connectionId: connection.id, isAutomatic });
  const isOn = form.fields.some((field) => field.kind === 'switch' && form.values[field.key] === true);
  const service = form.fields.find(({ kind }) => kind === 'service');
  const asksService = service?.showWhen && form.values[service.showWhen.key] === service.showWhen.equals;
  const defaultServiceId = service && form.values[service.key];
  const hold = holdOf(edits, 'contract');
  const search = useTableSearch();
  const [sought, setSought] = useState<SoughtRow>();
  const goToHold = ({ organizationId }: SoughtRow) => {
    search.seek('');
    search.put({ show: undefined });
    setSought({ organizationId });
  };
  return (
    <StepFrame
      {...props}
      hold={hold?.words}
      {...(hold && isOn && { onHold: () => goToHold(hold) })}
      hasOthersUnsaved={edits.changes.size > 0}
      intro="Both are optional. Leave them off, and there is nothing to do here."
    >
      <div className="mappingTop">
        <StepFields form={form} connectionId={connection.id} />
        <Meaning label={connection.label} isSyncing={asksService === true} />
      </div>
      {isOn && (
        <Suspense fallback={<Skeletons rows={8} />}>
          <ContractMapping
            connectionId={connection.id}
            edits={edits}
            withServices={asksService === true}
            defaultServiceId={typeof defaultServiceId === 'string' ? defaultServiceId : undefined}
            isAutomatic={form.isAutomatic}
            whyNot={form.whyNot}
            search={search}
            sought={sought}
          />
        </Suspense>
      )}
    </StepFrame>
  );
}

function Meaning({ label, isSyncing }: { label: string; isSyncing: boolean }) {
  return (
    <Stack gap="xs" component="aside" aria-label="What it means" className="stepAside">
      <Title order={3}>What it means</Title>
      <Text size="sm">
        A contract on a ticket tells {label} what the work belongs to. It is put on new tickets from the
        moment it is saved. One that is no longer in force is left out, and the ticket says so.
      </Text>
      {isSyncing && (
        <Text size="sm" className="mind">
          Counts are not sent yet: this version keeps day, service and prices, and changes no quantity on a
          contract.
        </Text>
      )}
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
