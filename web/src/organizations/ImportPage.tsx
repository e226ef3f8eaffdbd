import { Button, FileButton, Group, Stack, Text, Textarea, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { asProblem } from '../api/problem.ts';
import { useSession, whyNot } from '../api/session.ts';
import { ActionButton } from '../parts/ActionButton.tsx';
import { Page } from '../parts/Page.tsx';
import { ProblemAlert } from '../parts/ProblemAlert.tsx';
import { tellDone } from '../parts/tell.tsx';
import { ImportLines } from './ImportLines.tsx';
import { type ImportAnswer, importOrganizations } from './importing.ts';

const example = `name,refs,enabled,tickets,email
Northwind Dental,org-17|domain:northwind.example,on,on,on
Contoso Legal,org-18,on,on,off`;

/** Many organizations at once, from a table: first what would happen, then the real thing. */
export function ImportPage() {
  const { role } = useSession();
  const forAdmins = whyNot(role, 'admin');
  const [csv, setCsv] = useState('');
  const look = useMutation({
    mutationFn: (text: string) => importOrganizations(text, false),
    meta: { showsProblem: true },
  });
  const take = useTake();
  const change = (text: string) => {
    setCsv(text);
    look.reset();
    take.reset();
  };
  const answer = take.data ?? look.data;
  const problem = take.error ?? look.error;
  const unreadable = problem && asProblem(problem).errors.find(({ field }) => field === 'csv')?.message;
  return (
    <Page
      title="Import organizations"
      above={<Link to="/organizations">Organizations</Link>}
      intro="Paste a table, or choose a file. Nothing is changed until you have seen what would happen and said so."
    >
      <Stack maw={900}>
        <Textarea
          label="Table (CSV)"
          description="Organizations that are here by name are changed, the others are made. An empty cell changes nothing. Several references are separated by |; write domain:, tenantId: or name: before those that are no ids."
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
            {(props) => (
              <Button variant="default" disabled={forAdmins !== undefined} {...props}>
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
            <ImportLines answer={answer} isDone={take.data !== undefined} />
            {!take.data && (
              <Group>
                <ActionButton
                  loading={take.isPending}
                  whyNot={whyNotTake(answer)}
                  onClick={() => take.mutate(csv)}
                >
                  {buttonFor(answer)}
                </ActionButton>
              </Group>
            )}
          </Stack>
        )}
      </Stack>
    </Page>
  );
}

function useTake() {
  const client = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (text: string) => importOrganizations(text, true),
    onSuccess: async ({ counts: { make, change, refuse } }) => {
      await client.invalidateQueries({ queryKey: ['organizations'] });
      tellDone(`${make} made, ${change} changed${refuse > 0 ? `, ${refuse} refused: see the list` : ''}.`);
      if (refuse === 0) await navigate({ to: '/organizations', search: {} });
    },
    meta: { showsProblem: true },
  });
}

function buttonFor({ counts: { make, change } }: ImportAnswer): string {
  const parts = [make > 0 && `make ${make}`, change > 0 && `change ${change}`].filter(Boolean).join(' and ');
  return parts === '' ? 'Import' : `${parts[0]?.toUpperCase()}${parts.slice(1)}`;
}

function whyNotTake({ counts: { make, change } }: ImportAnswer): string | undefined {
  return make + change === 0 ? 'Nothing would change.' : undefined;
}
