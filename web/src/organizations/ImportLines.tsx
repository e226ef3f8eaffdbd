import { Badge, Text } from '@mantine/core';
import { type Column, DataTable } from '../parts/DataTable.tsx';
import { Foreign } from '../parts/Foreign.tsx';
import type { ImportAnswer, ImportLine } from './importing.ts';

const looks: Record<ImportLine['outcome'], { before: string; after: string; color: string }> = {
  make: { before: 'New', after: 'Made', color: 'green' },
  change: { before: 'Change', after: 'Changed', color: 'blue' },
  refuse: { before: 'Refused', after: 'Refused', color: 'red' },
};

interface ImportLinesProps {
  answer: ImportAnswer;
  /** It was done; before, it only would be. */
  isDone: boolean;
}

/** What becomes of each row of the table; those that are refused come first. */
export function ImportLines({ answer: { counts, lines }, isDone }: ImportLinesProps) {
  const rows = lines.toSorted((a, b) => Number(b.outcome === 'refuse') - Number(a.outcome === 'refuse'));
  const { make, change, refuse } = counts;
  return (
    <DataTable
      label="Rows of the table"
      rows={rows}
      columns={columnsFor(isDone)}
      idOf={({ row }) => String(row)}
      footer={
        isDone
          ? `${make} made, ${change} changed, ${refuse} refused`
          : `${make} new, ${change} to change, ${refuse} refused`
      }
    />
  );
}

const columnsFor = (isDone: boolean): Column<ImportLine>[] => [
  { key: 'row', label: 'Row', isNumber: true, width: '56px', cell: ({ row }) => row },
  { key: 'name', label: 'Organization', cell: ({ name }) => <Foreign text={name} /> },
  {
    key: 'outcome',
    label: isDone ? 'Was' : 'Would be',
    width: '110px',
    cell: ({ outcome }) => {
      const { before, after, color } = looks[outcome];
      return (
        <Badge color={color} variant="light" radius="sm" size="sm">
          {isDone ? after : before}
        </Badge>
      );
    },
  },
  {
    key: 'message',
    label: 'Why',
    cell: ({ message }) => (
      <Text span size="sm">
        {message && <Foreign text={message} />}
      </Text>
    ),
  },
];
