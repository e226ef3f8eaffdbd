// biome-ignore-all lint/a11y/useSemanticElements: only some rows are drawn, each at its place; a table cannot do that
// biome-ignore-all lint/a11y/useFocusableInteractive: the rows take the focus, their cells and heads do not
import { Badge, Button, CloseButton, Group, Text, Tooltip } from '@mantine/core';
import { memo } from 'react';
import { AccountChooser } from './AccountChooser.tsx';
import { ContactCell } from './ContactCell.tsx';
import { MappingNote } from './MappingNote.tsx';
import type { Account, AccountFilters } from './queries.ts';
import type { Row, Target } from './rows.ts';

export interface MappingRowProps {
  row: Row;
  connectionId: string;
  filters: AccountFilters;
  withContacts: boolean;
  whyNot: string | undefined;
  /** Holds the focus of the table: only its controls are reached by Tab. */
  isActive: boolean;
  isOpen: boolean;
  isChanged: boolean;
  /** Why the server did not take it. */
  refused: string | undefined;
  onChange(organizationId: string, target: Target): void;
  onOpen(organizationId: string | undefined): void;
  onUndo(organizationId: string): void;
}

/** One organization and the account that its tickets go to. */
export const MappingRow = memo(function MappingRow(props: MappingRowProps) {
  const { row, connectionId, withContacts, whyNot, isActive, refused, onChange } = props;
  const { organizationId, name, target } = row;
  return (
    <>
      <div role="gridcell" className="mappingName">
        <Text size="sm" truncate dir="auto" title={name}>
          {name}
        </Text>
      </div>
      <div role="gridcell" className="mappingAccount">
        <AccountCell {...props} />
      </div>
      {withContacts && (
        <div role="gridcell" className="mappingContact">
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

function AccountCell({ row, connectionId, filters, isOpen, isChanged, onChange, onOpen }: MappingRowProps) {
  const { organizationId, name, target, suggestion, isElsewhere } = row;
  if (isOpen) {
    const choose = ({ id, name: accountName }: Account) => {
      // Why the organization has an account of its own stays true.
      onChange(organizationId, { ...target, accountId: id, accountName, contactId: null });
      onOpen(undefined);
    };
    return (
      <AccountChooser
        connectionId={connectionId}
        name={`Account for ${name}`}
        filters={filters}
        isOpen
        onChoose={choose}
        onClose={() => onOpen(undefined)}
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
      {!isActive && (
        <Badge size="xs" variant="light" color="red" tt="none" flex="none">
          not active
        </Badge>
      )}
      {isChanged && (
        <Badge size="xs" variant="light" color="yellow" tt="none" flex="none">
          not saved
        </Badge>
      )}
    </Group>
  );
}

function RowActions({ row, whyNot, isActive, isOpen, isChanged, onChange, onOpen, onUndo }: MappingRowProps) {
  const { organizationId, name, target, suggestion } = row;
  const common = {
    size: 'compact-xs',
    variant: 'subtle',
    disabled: whyNot !== undefined,
    tabIndex: isActive ? 0 : -1,
  } as const;
  if (isOpen)
    return <CloseButton size="sm" aria-label="Close without a choice" onClick={() => onOpen(undefined)} />;
  return (
    <Group gap={2} wrap="nowrap" justify="flex-end" {...(whyNot && { title: whyNot })}>
      {target && (
        <MappingNote
          organization={name}
          target={target}
          whyNot={whyNot}
          tabIndex={common.tabIndex}
          onChange={(part) => onChange(organizationId, { ...target, ...part })}
        />
      )}
      {suggestion && (
        <Button
          {...common}
          aria-label={`Accept ${suggestion.accountName} for ${name}`}
          onClick={() => onChange(organizationId, acceptedOf(row))}
        >
          Accept
        </Button>
      )}
      {isChanged && (
        <Button
          {...common}
          color="gray"
          aria-label={`Undo for ${name}`}
          onClick={() => onUndo(organizationId)}
        >
          Undo
        </Button>
      )}
      <Button
        {...common}
        aria-label={`${target ? 'Change' : 'Choose'} the account for ${name}`}
        onClick={() => onOpen(organizationId)}
      >
        {target ? 'Change' : 'Choose'}
      </Button>
      {target && (
        <CloseButton
          size="sm"
          disabled={common.disabled}
          tabIndex={common.tabIndex}
          aria-label={`Send tickets of ${name} to the catch-all`}
          onClick={() => onChange(organizationId, null)}
        />
      )}
    </Group>
  );
}

/** The suggestion of a row as its target. */
export const acceptedOf = ({ suggestion }: Row): Target =>
  suggestion
    ? { accountId: suggestion.accountId, accountName: suggestion.accountName, contactId: null }
    : null;
