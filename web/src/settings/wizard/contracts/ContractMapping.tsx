import { Anchor, Group, Stack, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { ProblemAlert } from '../../../parts/ProblemAlert.tsx';
import { wizardRoute } from '../../routes.ts';
import type { SoughtRow } from '../mapping/MappingTable.tsx';
import { RowsWhy } from '../mapping/RowsWhy.tsx';
import { SaveLine } from '../mapping/SaveLine.tsx';
import { SearchBar } from '../mapping/SearchBar.tsx';
import type { TableSearch } from '../mapping/useTableSearch.ts';
import { ContractTable } from './ContractTable.tsx';
import type { ContractEdits } from './contractPart.ts';
import { type Counts, countsOf, rowsOf, shownRows } from './rows.ts';

interface ContractMappingProps {
  connectionId: string;
  edits: ContractEdits;
  /** Services and prices are chosen too. */
  withServices: boolean;
  /** The service that counts where a row has none of its own. */
  defaultServiceId: string | undefined;
  isAutomatic: boolean;
  whyNot: string | undefined;
  search: TableSearch;
  /** The row to go to. */
  sought: SoughtRow | undefined;
}

/** Which contract belongs to which organization (req 101–104); what is seen of it stands in the address. */
export function ContractMapping(props: ContractMappingProps) {
  const { connectionId, edits, isAutomatic, search } = props;
  const { show: shownWanted } = wizardRoute.useSearch();
  const show = shownWanted === 'suggested' ? undefined : shownWanted;
  const { soughtFor } = search;
  const rows = useMemo(() => rowsOf(edits.set, edits.changes), [edits.set, edits.changes]);
  const counts = useMemo(() => countsOf(rows), [rows]);
  const shown = useMemo(() => shownRows(rows, soughtFor, show), [rows, soughtFor, show]);

  return (
    <Stack gap="sm" component="section" aria-labelledby="contract-mapping">
      <Group justify="space-between" align="baseline">
        <Title order={3} id="contract-mapping">
          Contract mapping
        </Title>
        <Text size="sm" className="quiet" role="status">
          {countWords(counts)}
        </Text>
      </Group>
      {rows.length === 0 ? (
        <NoAccounts connectionId={connectionId} />
      ) : (
        <>
          <RowsWhy edits={edits} whyNot={props.whyNot} />
          <SearchBar
            search={search}
            label="Search organizations, accounts and contracts"
            placeholder="Search"
            show={show}
            choices={[
              { show: 'all', words: 'All', count: counts.all },
              { show: 'open', words: 'Without a contract', count: counts.open },
              { show: 'mapped', words: 'With one', count: counts.mapped },
            ]}
          />
          {edits.problem !== undefined && (
            <ProblemAlert
              error={edits.problem}
              title="The contracts were not saved"
              onRetry={() => void edits.save()}
            />
          )}
          <ContractTable {...props} rows={shown} />
          <Text size="xs" className="quiet">
            Arrows or j k walk through the rows, Enter chooses the contract, Tab reaches the rest of a row.
          </Text>
        </>
      )}
      <SaveLine
        edits={edits}
        isAutomatic={isAutomatic}
        nouns={['row', 'rows']}
        savingWords="Saving the contracts …"
        savedWords={rows.length === 0 ? '' : 'All contracts are saved.'}
        canUndoAll={!isAutomatic || edits.refused.size > 0}
      />
    </Stack>
  );
}

function NoAccounts({ connectionId }: { connectionId: string }) {
  return (
    <Text size="sm">
      No organization has an account here yet, and a contract belongs to an account.{' '}
      <Anchor
        size="sm"
        renderRoot={(props) => (
          <Link
            to="/settings/psa/$connectionId"
            params={{ connectionId }}
            search={{ step: 'accounts' }}
            {...props}
          />
        )}
      >
        Map organizations first
      </Anchor>
    </Text>
  );
}

function countWords({ all, open, mapped, lost }: Counts): string {
  if (all === 0) return '';
  const has = open === 0 ? 'Every organization has a contract' : `${mapped} with a contract, ${open} without`;
  if (lost === 0) return has;
  return `${has}; ${lost === 1 ? '1 contract is' : `${lost} contracts are`} not in force`;
}
