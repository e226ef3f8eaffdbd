// biome-ignore-all lint/a11y/useSemanticElements: only some rows are drawn, each at its place; a table cannot do that
// biome-ignore-all lint/a11y/useFocusableInteractive: the rows take the focus, their cells and heads do not
import { Button, CloseButton, Group, Text } from '@mantine/core';
import { memo } from 'react';
import { visible } from '../../../parts/visible.ts';
import { ContractCell } from './ContractCell.tsx';
import { noChoice, type Row } from './rows.ts';
import { ServiceCells } from './ServiceCells.tsx';
import type { ContractEdits } from './useContracts.ts';

export interface ContractRowProps {
  row: Row;
  connectionId: string;
  withServices: boolean;
  defaultServiceId: string | undefined;
  whyNot: string | undefined;
  /** Holds the focus of the table: only its controls are reached by Tab. */
  isActive: boolean;
  isOpen: boolean;
  /** Why the server did not take it. */
  refused: string | undefined;
  onChange: ContractEdits['change'];
  onOpen(organizationId: string): void;
  /** `isDone`: the focus goes back to the row; else it has gone elsewhere. */
  onClose(isDone: boolean): void;
  onUndo(organizationId: string): void;
}

/** One organization, the contract of its account, and what is billed on it. */
export const ContractRow = memo(function ContractRow(props: ContractRowProps) {
  const { row, withServices, refused } = props;
  return (
    <>
      <div role="gridcell" className="contractName">
        <Text size="sm" truncate dir="auto" title={visible(row.name)}>
          {visible(row.name)}
        </Text>
        <Text size="xs" truncate dir="auto" className="quiet" title={visible(row.accountName)}>
          {visible(row.accountName)}
        </Text>
      </div>
      <div role="gridcell" className="contractChoice">
        <ContractCell {...props} />
      </div>
      {withServices && <ServiceCells {...props} />}
      <div role="gridcell" className="mappingActions">
        <RowActions {...props} />
      </div>
      {refused && (
        <div role="gridcell" className="mappingRefused">
          <Text size="xs" role="alert" className="wrong">
            {refused}
          </Text>
        </div>
      )}
    </>
  );
});

function RowActions({ row, whyNot, isActive, isOpen, onChange, onClose, onUndo }: ContractRowProps) {
  const { organizationId, name, choice, isChanged } = row;
  const common = {
    size: 'compact-xs',
    variant: 'subtle',
    disabled: whyNot !== undefined,
    tabIndex: isActive ? 0 : -1,
  } as const;
  if (isOpen)
    return <CloseButton size="sm" aria-label="Close without a choice" onClick={() => onClose(true)} />;
  return (
    <Group gap={2} wrap="nowrap" justify="flex-end" {...(whyNot && { title: whyNot })}>
      {isChanged && (
        <Button {...common} aria-label={`Undo for ${name}`} onClick={() => onUndo(organizationId)}>
          Undo
        </Button>
      )}
      {!isChanged && choice.contractId !== null && (
        <Button
          {...common}
          aria-label={`Remove the contract of ${name}`}
          onClick={() => onChange(row, noChoice)}
        >
          Remove
        </Button>
      )}
    </Group>
  );
}
