// biome-ignore-all lint/a11y/useSemanticElements: only some rows are drawn, each at its place; a table cannot do that
// biome-ignore-all lint/a11y/useFocusableInteractive: the rows take the focus, their cells and heads do not
import { Text } from '@mantine/core';
import { memo } from 'react';
import { visible } from '../../../parts/visible.ts';
import type { RowPlace } from '../mapping/MappingTable.tsx';
import { RowActions, RowButton } from '../mapping/RowActions.tsx';
import { ContractCell } from './ContractCell.tsx';
import { type Choice, type KnownContract, noChoice, type Row } from './rows.ts';
import { ServiceCells } from './ServiceCells.tsx';

export interface ContractRowProps extends RowPlace {
  row: Row;
  connectionId: string;
  withServices: boolean;
  defaultServiceId: string | undefined;
  /** `contract`: the chosen one as it was offered. */
  onChange(row: Row, choice: Choice, contract?: KnownContract): void;
}

/** One organization, the contract of its account, and what is billed on it. */
export const ContractRow = memo(function ContractRow(props: ContractRowProps) {
  const { row, withServices } = props;
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
        <Actions {...props} />
      </div>
    </>
  );
});

function Actions(props: ContractRowProps) {
  const { organizationId, name, choice, isChanged } = props.row;
  return (
    <RowActions place={props}>
      {isChanged && (
        <RowButton place={props} label={`Undo for ${name}`} onClick={() => props.onUndo(organizationId)}>
          Undo
        </RowButton>
      )}
      {!isChanged && choice.contractId !== null && (
        <RowButton
          place={props}
          label={`Remove the contract of ${name}`}
          onClick={() => props.onChange(props.row, noChoice)}
        >
          Remove
        </RowButton>
      )}
    </RowActions>
  );
}
