import { Badge, Button, FileButton, Group, Stack, Text, Textarea, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { z } from 'zod';
import type { importCounts, importLine } from '../../../src/tables/imports.ts';
import { send } from '../api/client.ts';
import { asProblem } from '../api/problem.ts';
import { useSession, whyNot } from '../api/session.ts';
import { ActionButton } from './ActionButton.tsx';
import { type Column, DataTable } from './DataTable.tsx';
import { Foreign } from './Foreign.tsx';
import { ProblemAlert } from './ProblemAlert.tsx';
import { tellDone } from './tell.tsx';
import { reasonOf, Why } from './Why.tsx';

/** What becomes of one row of a table; `row` as a spreadsheet counts: the heading is row 1. */
export type ImportLine = z.output<typeof importLine>;

interface ImportAnswer<Line> {
  counts: z.output<typeof importCounts>;
  lines: Line[];
}

interface TableImportProps<Line extends ImportLine> {
  /** Takes `{csv, apply}`. */
  path: string;
  /** How the table is written. */
  description: string;
  example: string;
  /** What a row is about. */
  columns: readonly Column<Line>[];
  /** Rows were taken over; `isWhole`: all of them. */
  onTaken(isWhole: boolean): Promise<unknown>;
}

/** Many things at once, from a table: first what would happen, then the real thing. */
export function TableImport<Line extends ImportLine>(props: TableImportProps<Line>) {
  const { path, description, example, columns, onTaken } = props;
  const { role } = useSession();
  const forAdmins = whyNot(role, 'admin');
  const [csv, setCsv] = useState('');
  const [reason, setReason] = useState('');
  const [look, take] = useImport<Line>(path, onTaken);
  const change = (text: string) => {
    setCsv(text);
    look.reset();
    take.reset();
  };
  const answer = take.data ?? look.data;
  const problem = take.error ?? look.error;
  const unreadable = problem && asProblem(problem).errors.find(({ field }) => field === 'csv')?.message;
  return (
    <Stack maw={900}>
      <Textarea
        label="Table (CSV)"
        description={description}
        placeholder={example}
        autosize
        minRows={6}
        maxRows={16}
        classNames={{ input: 'code' }}
        spellCheck={false}
        readOnly={forAdmins !== undefined}
        value={csv}
        error={unreadable && `${unreadable} Nothing was changed.`}
        onChange={(event) => change(event.currentTarget.value)}
      />
      <Group>
        <ActionButton
          variant={answer ? 'default' : 'filled'}
          loading={look.isPending}
          whyNot={forAdmins ?? (csv.trim() === '' ? 'Paste a table or choose a file first.' : undefined)}
          onClick={() => look.mutate(csv)}
        >
          See what would happen
        </ActionButton>
        <FileButton accept=".csv,text/csv,text/plain" onChange={(file) => void file?.text().then(change)}>
          {(button) => (
            <Button variant="default" disabled={forAdmins !== undefined} {...button}>
              Choose a file…
            </Button>
          )}
        </FileButton>
        {csv === '' && !forAdmins && (
          <Button variant="subtle" onClick={() => change(example)}>
            Start with an example
          </Button>
        )}
      </Group>
      {problem && !unreadable && (
        <ProblemAlert error={problem} title="The table was not read">
          <Text size="sm">Nothing was changed, and the table is still here.</Text>
        </ProblemAlert>
      )}
      {answer && (
        <Stack gap="sm">
          <Title order={2}>{take.data ? 'What was done' : 'What would happen'}</Title>
          <Lines answer={answer} columns={columns} isDone={take.data !== undefined} />
          {!take.data && (
            <>
              <Why label="Why (optional)" value={reason} onChange={setReason} />
              <Group>
                <ActionButton
                  loading={take.isPending}
                  whyNot={
                    answer.counts.make + answer.counts.change === 0 ? 'Nothing would change.' : undefined
                  }
                  onClick={() => take.mutate({ csv, reason: reasonOf(reason) })}
                >
                  {buttonFor(answer)}
                </ActionButton>
              </Group>
            </>
          )}
        </Stack>
      )}
    </Stack>
  );
}

function useImport<Line>(path: string, onTaken: (isWhole: boolean) => Promise<unknown>) {
  const ask = (csv: string, apply: boolean, reason?: string) =>
    send<ImportAnswer<Line>>('POST', path, { body: { csv, apply }, reason });
  const look = useMutation({ mutationFn: (csv: string) => ask(csv, false), meta: { showsProblem: true } });
  const take = useMutation({
    mutationFn: ({ csv, reason }: { csv: string; reason: string | undefined }) => ask(csv, true, reason),
    meta: { showsProblem: true },
    onSuccess: ({ counts: { make, change, refuse } }) => {
      tellDone(`${make} made, ${change} changed${refuse > 0 ? `, ${refuse} refused: see the list` : ''}.`);
      return onTaken(refuse === 0);
    },
  });
  return [look, take] as const;
}

function buttonFor<Line>({ counts: { make, change } }: ImportAnswer<Line>): string {
  const parts = [make > 0 && `make ${make}`, change > 0 && `change ${change}`].filter(Boolean).join(' and ');
  return parts === '' ? 'Import' : `${parts[0]?.toUpperCase()}${parts.slice(1)}`;
}

const looks: Record<ImportLine['outcome'], { before: string; after: string; color: string }> = {
  make: { before: 'New', after: 'Made', color: 'green' },
  change: { before: 'Change', after: 'Changed', color: 'blue' },
  refuse: { before: 'Refused', after: 'Refused', color: 'red' },
};

interface LinesProps<Line extends ImportLine> {
  answer: ImportAnswer<Line>;
  columns: readonly Column<Line>[];
  /** It was done; before, it only would be. */
  isDone: boolean;
}

/** What becomes of each row of the table; those that are refused come first. */
function Lines<Line extends ImportLine>({ answer: { counts, lines }, columns, isDone }: LinesProps<Line>) {
  const rows = lines.toSorted((a, b) => Number(b.outcome === 'refuse') - Number(a.outcome === 'refuse'));
  const { make, change, refuse } = counts;
  const all: Column<Line>[] = [
    { key: 'row', label: 'Row', isNumber: true, width: '56px', cell: ({ row }) => row },
    ...columns,
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
  return (
    <DataTable
      label="Rows of the table"
      rows={rows}
      columns={all}
      idOf={({ row }) => String(row)}
      footer={
        isDone
          ? `${make} made, ${change} changed, ${refuse} refused`
          : `${make} new, ${change} to change, ${refuse} refused`
      }
    />
  );
}
