import './contracts.css';
import { useCallback } from 'react';
import { MappingTable, type SoughtRow } from '../mapping/MappingTable.tsx';
import { ContractRow, type ContractRowProps } from './ContractRow.tsx';
import type { ContractEdits } from './contractPart.ts';
import type { Row } from './rows.ts';

interface ContractTableProps {
  connectionId: string;
  rows: readonly Row[];
  edits: ContractEdits;
  withServices: boolean;
  defaultServiceId: string | undefined;
  whyNot: string | undefined;
  sought: SoughtRow | undefined;
}

/** Organization → contract. Enter opens the choice of contracts. */
export function ContractTable(props: ContractTableProps) {
  const { connectionId, rows, edits, withServices, defaultServiceId, whyNot, sought } = props;
  const { change } = edits;
  const onChange = useCallback<ContractRowProps['onChange']>(
    ({ organizationId, accountId, contract: before }, choice, contract = before) =>
      change([[organizationId, { ...choice, accountId, contract }]]),
    [change],
  );
  return (
    <MappingTable
      label="Which contract belongs to which organization"
      className={withServices ? 'contracts withServices' : 'contracts'}
      heads={['Organization and account', 'Contract', ...(withServices ? serviceHeads : [])]}
      rowHeight={44}
      rows={rows}
      edits={edits}
      whyNot={whyNot}
      sought={sought}
    >
      {(row, place) => (
        <ContractRow
          {...place}
          row={row}
          connectionId={connectionId}
          withServices={withServices}
          defaultServiceId={defaultServiceId}
          onChange={onChange}
        />
      )}
    </MappingTable>
  );
}

const serviceHeads = ['Add service', 'Service', 'Unit cost', 'Unit price'];
