// biome-ignore-all lint/a11y/useSemanticElements: only some rows are drawn, each at its place; a table cannot do that
// biome-ignore-all lint/a11y/useFocusableInteractive: the rows take the focus, their cells and heads do not
import { Badge, CloseButton, Group, Text, Tooltip } from '@mantine/core';
import { memo } from 'react';
import { CellMark } from '../mapping/CellMark.tsx';
import type { RowPlace } from '../mapping/MappingTable.tsx';
import { RowActions, RowButton } from '../mapping/RowActions.tsx';
import type { Account, AccountFilters } from '../offers/queries.ts';
import { AccountChooser } from './AccountChooser.tsx';
import { ContactCell } from './ContactCell.tsx';
import { MappingNote } from './MappingNote.tsx';
import { acceptedOf, type Row, type Target } from './rows.ts';

export interface AccountRowProps extends RowPlace {
  row: Row;
  connectionId: string;
  filters: AccountFilters;
  withContacts: boolean;
  isChanged: boolean;
  onChange(organizationId: string, target: Target): void;
}

/** One organization and the account that its tickets go to. */
export const AccountRow = memo(function AccountRow(props: AccountRowProps) {
  const { row, connectionId, withContacts, whyNot, isActive, onChange } = props;
  const { organizationId, name, target } = row;
  return (
    <>
      <div role="gridcell" className="accountName">
        <Text size="sm" truncate dir="auto" title={name}>
          {name}
        </Text>
      </div>
      <div role="gridcell" className="accountChoice">
        <AccountCell {...props} />
      </div>
      {withContacts && (
        <div role="gridcell" className="accountContact">
          {target && (
            <ContactCell
              connectionId={connectionId}
              organization={name}
              accountId={target.accountId}
              contactId={target.contactId}
              whyNot={whyNot}
              tabIndex={isActive ? 0 : -1}
              onChoose={(contactId) => onChange(organizationId, { ...target, contactId })}
            />
          )}
        </div>
      )}
      <div role="gridcell" className="mappingActions">
        <Actions {...props} />
      </div>
    </>
  );
});

function AccountCell(props: AccountRowProps) {
  const { row, connectionId, filters, isOpen, isChanged, onChange, onClose } = props;
  const { organizationId, name, target, suggestion, isElsewhere } = row;
  if (isOpen) {
    const choose = ({ id, name: accountName }: Account) => {
      // Why the organization has an account of its own stays true.
      onChange(organizationId, { ...target, accountId: id, accountName, contactId: null });
      onClose(true);
    };
    return (
      <AccountChooser
        connectionId={connectionId}
        name={`Account for ${name}`}
        filters={filters}
        isOpen
        onChoose={choose}
        onClose={() => onClose(true)}
      />
    );
  }
  if (target) return <Mapped row={row} target={target} isChanged={isChanged} />;
  if (suggestion) {
    return (
      <Text size="sm" className="quiet" truncate dir="auto" fs="italic">
        {suggestion.accountName}{' '}
        <Text span size="xs">
          ({suggestion.match === 'exact' ? 'same name' : 'similar name'})
        </Text>
      </Text>
    );
  }
  return (
    <Text size="sm" className="quiet">
      {isElsewhere ? 'Goes to another connection' : 'Catch-all'}
    </Text>
  );
}

function Mapped({ row, target, isChanged }: { row: Row; target: NonNullable<Target>; isChanged: boolean }) {
  const { sharedWith, isActive } = row;
  return (
    <Group gap={6} wrap="nowrap" miw={0}>
      <Text size="sm" truncate dir="auto" title={target.accountName}>
        {target.accountName}
      </Text>
      {!isChanged && (
        <Text span size="xs" className="quiet">
          {target.accountId}
        </Text>
      )}
      {sharedWith > 0 && (
        <Tooltip label={`This account serves ${sharedWith + 1} organizations.`}>
          <Badge size="xs" variant="outline" color="gray" tt="none" flex="none">
            serves {sharedWith + 1}
          </Badge>
        </Tooltip>
      )}
      {!isActive && <CellMark color="red">not active</CellMark>}
      {isChanged && <CellMark color="yellow">not saved</CellMark>}
    </Group>
  );
}

function Actions(props: AccountRowProps) {
  const { row, whyNot, isActive, isChanged, onChange, onOpen, onUndo } = props;
  const { organizationId, name, target, suggestion } = row;
  const tabIndex = isActive ? 0 : -1;
  return (
    <RowActions place={props}>
      {target && (
        <MappingNote
          organization={name}
          target={target}
          whyNot={whyNot}
          tabIndex={tabIndex}
          onChange={(part) => onChange(organizationId, { ...target, ...part })}
        />
      )}
      {suggestion && (
        <RowButton
          place={props}
          label={`Accept ${suggestion.accountName} for ${name}`}
          onClick={() => onChange(organizationId, acceptedOf(row))}
        >
          Accept
        </RowButton>
      )}
      {isChanged && (
        <RowButton
          place={props}
          color="gray"
          label={`Undo for ${name}`}
          onClick={() => onUndo(organizationId)}
        >
          Undo
        </RowButton>
      )}
      <RowButton
        place={props}
        label={`${target ? 'Change' : 'Choose'} the account for ${name}`}
        onClick={() => onOpen(organizationId)}
      >
        {target ? 'Change' : 'Choose'}
      </RowButton>
      {target && (
        <CloseButton
          size="sm"
          disabled={whyNot !== undefined}
          tabIndex={tabIndex}
          aria-label={`Send tickets of ${name} to the catch-all`}
          onClick={() => onChange(organizationId, null)}
        />
      )}
    </RowActions>
  );
}
