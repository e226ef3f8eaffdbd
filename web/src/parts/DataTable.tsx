import { Button, Group, Table, Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { type ReactNode, useRef } from 'react';
import { useListKeys } from './listKeys.ts';

export interface Column<T> {
  key: string;
  label: string;
  cell(row: T): ReactNode;
  /** Right-aligned. */
  isNumber?: boolean;
  /** CSS width. */
  width?: string;
}

interface DataTableProps<T> {
  /** Says what the table holds, for those who cannot see it. */
  label: string;
  rows: readonly T[];
  columns: readonly Column<T>[];
  idOf(row: T): string;
  /** Opens a row: by click anywhere on it, or Enter. */
  onOpen?(row: T): void;
  /** In two lines, where there is no room for columns; all columns one below the other if left out. */
  narrow?(row: T): ReactNode;
  /** Further rows are there. */
  more?: { isLoading: boolean; load(): void } | undefined;
  /** Under the last row. */
  footer?: ReactNode;
}

/** A list as a table; on a phone as lines. `j`, `k` and Enter walk through it. */
export function DataTable<T>(props: DataTableProps<T>) {
  const { rows, more, footer } = props;
  const isNarrow = useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false });
  const list = useRef<HTMLDivElement>(null);
  useListKeys(list);
  return (
    <div ref={list}>
      {isNarrow ? <Lines {...props} /> : <Columns {...props} />}
      <Group justify="space-between" mt="sm">
        <Text size="sm" className="quiet" role="status">
          {footer ?? (more ? `${rows.length} shown` : `${rows.length} in all`)}
        </Text>
        {more && (
          <Button variant="default" loading={more.isLoading} onClick={more.load}>
            Show more
          </Button>
        )}
      </Group>
    </div>
  );
}

function Columns<T>({ label, rows, columns, idOf, onOpen }: DataTableProps<T>) {
  return (
    <Table.ScrollContainer minWidth={640}>
      <Table highlightOnHover aria-label={label} className="rows">
        <Table.Thead>
          <Table.Tr>
            {columns.map(({ key, label: head, isNumber, width }) => (
              <Table.Th key={key} className={isNumber ? 'number' : ''} {...(width && { w: width })}>
                {head}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={idOf(row)} {...openable(row, onOpen)}>
              {columns.map(({ key, cell, isNumber }) => (
                <Table.Td key={key} className={isNumber ? 'number' : ''}>
                  {cell(row)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Lines<T>({ label, rows, columns, idOf, onOpen, narrow }: DataTableProps<T>) {
  return (
    <ul className="lines" aria-label={label}>
      {rows.map((row) => (
        <li key={idOf(row)} {...openable(row, onOpen)}>
          {narrow
            ? narrow(row)
            : columns.map(({ key, label: head, cell }) => (
                <div key={key} className="line">
                  <span className="quiet">{head}</span> <span>{cell(row)}</span>
                </div>
              ))}
        </li>
      ))}
    </ul>
  );
}

/** What a click or key on a link, a button or a field in the row does is not for the row. */
const isForRow = (target: EventTarget, row: EventTarget): boolean =>
  target === row || (target as HTMLElement).closest('a,button,input,select,textarea,label') === null;

function openable<T>(row: T, onOpen: ((row: T) => void) | undefined) {
  if (!onOpen) return {};
  return {
    'data-row': true,
    tabIndex: 0,
    className: 'openable',
    onClick: (event: React.MouseEvent) => {
      if (isForRow(event.target, event.currentTarget)) onOpen(row);
    },
    onKeyDown: (event: React.KeyboardEvent) => {
      if (event.key === 'Enter' && event.target === event.currentTarget) onOpen(row);
    },
  };
}
