import './accounts.css';
import { useCallback } from 'react';
import { MappingTable } from '../mapping/MappingTable.tsx';
import type { AccountFilters } from '../offers/queries.ts';
import { AccountRow, type AccountRowProps } from './AccountRow.tsx';
import { acceptedOf, type Row } from './rows.ts';
import type { AccountEdits } from './useAccountEdits.ts';

interface AccountTableProps {
  connectionId: string;
  rows: readonly Row[];
  edits: AccountEdits;
  filters: AccountFilters;
  withContacts: boolean;
  whyNot: string | undefined;
}

/** Organization → account. Enter opens the chooser, a accepts. */
export function AccountTable({
  connectionId,
  rows,
  edits,
  filters,
  withContacts,
  whyNot,
}: AccountTableProps) {
  const { change, changes } = edits;
  const onChange = useCallback<AccountRowProps['onChange']>((id, target) => change([[id, target]]), [change]);
  const accept = (key: string, row: Row): boolean => {
    if (key !== 'a' || !row.suggestion) return false;
    onChange(row.organizationId, acceptedOf(row));
    return true;
  };
  return (
    <MappingTable
      label="Which account gets the tickets of which organization"
      className={withContacts ? 'accounts withContacts' : 'accounts'}
      heads={['Organization', 'Account', ...(withContacts ? ['Contact'] : [])]}
      rowHeight={40}
      rows={rows}
      edits={edits}
      whyNot={whyNot}
      onKey={accept}
    >
      {(row, place) => (
        <AccountRow
          {...place}
          row={row}
          connectionId={connectionId}
          filters={filters}
          withContacts={withContacts}
          isChanged={changes.has(row.organizationId)}
          onChange={onChange}
        />
      )}
    </MappingTable>
  );
}
