import { Anchor, Button, Group, SegmentedControl, Stack, Text, TextInput, Title } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { Link } from '@tanstack/react-router';
import { useDeferredValue, useMemo, useState } from 'react';
import { ProblemAlert } from '../../../parts/ProblemAlert.tsx';
import { wizardRoute } from '../../routes.ts';
import { ContractTable } from './ContractTable.tsx';
import { type Counts, countsOf, type Show, shownRows } from './rows.ts';
import type { ContractEdits } from './useContracts.ts';

interface ContractMappingProps {
  connectionId: string;
  edits: ContractEdits;
  /** Services and prices are chosen too. */
  withServices: boolean;
  /** The service that counts where a row has none of its own. */
  defaultServiceId: string | undefined;
  isAutomatic: boolean;
  whyNot: string | undefined;
}

/** Which contract belongs to which organization (req 101–104); what is seen of it stands in the address. */
export function ContractMapping(props: ContractMappingProps) {
  const { connectionId, edits, isAutomatic } = props;
  const { q: wanted = '', show: shownWanted } = wizardRoute.useSearch();
  const show = shownWanted === 'suggested' ? undefined : shownWanted;
  const navigate = wizardRoute.useNavigate();
  const { rows } = edits;
  const counts = useMemo(() => countsOf(rows), [rows]);
  const [q, setQ] = useState(wanted);
  const soughtFor = useDeferredValue(q);
  const shown = useMemo(() => shownRows(rows, soughtFor, show), [rows, soughtFor, show]);
  const put = (search: Partial<ReturnType<typeof wizardRoute.useSearch>>) =>
    void navigate({ search: (before) => ({ ...before, ...search }), replace: true, resetScroll: false });
  const putQ = useDebouncedCallback((text: string) => put({ q: text || undefined }), 300);
  const number = (count: number) => count.toLocaleString('en');

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
          <Group gap="sm">
            <TextInput
              type="search"
              size="xs"
              aria-label="Search organizations, accounts and contracts"
              placeholder="Search"
              value={q}
              onChange={({ currentTarget: { value } }) => {
                setQ(value);
                putQ(value);
              }}
              flex="1 1 180px"
            />
            <SegmentedControl
              size="xs"
              aria-label="Which organizations are shown"
              value={show ?? 'all'}
              onChange={(value) => put({ show: value === 'all' ? undefined : (value as Show) })}
              data={[
                { value: 'all', label: `All ${number(counts.all)}` },
                { value: 'open', label: `Without a contract ${number(counts.open)}` },
                { value: 'mapped', label: `With one ${number(counts.mapped)}` },
              ]}
            />
          </Group>
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
      <SaveLine edits={edits} isAutomatic={isAutomatic} />
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

function SaveLine({ edits, isAutomatic }: { edits: ContractEdits; isAutomatic: boolean }) {
  const { unsaved, refused, isSaving } = edits;
  const hasUndo = unsaved > 0 && (!isAutomatic || refused.size > 0);
  return (
    <Group gap="sm" mih={30}>
      <Text size="sm" className="quiet" role="status">
        {saveWords(edits, isAutomatic)}
      </Text>
      {!isAutomatic && unsaved > 0 && (
        <Button size="xs" loading={isSaving} onClick={() => void edits.save()}>
          {unsaved === 1 ? 'Save 1 row' : `Save ${unsaved.toLocaleString('en')} rows`}
        </Button>
      )}
      {hasUndo && (
        <Button size="xs" variant="subtle" color="gray" onClick={() => edits.undo()}>
          Undo all
        </Button>
      )}
    </Group>
  );
}

function saveWords({ rows, unsaved, refused, isSaving }: ContractEdits, isAutomatic: boolean): string {
  if (isSaving) return 'Saving the contracts …';
  if (unsaved === 0) return rows.length === 0 ? '' : 'All contracts are saved.';
  const many = `${unsaved.toLocaleString('en')} ${unsaved === 1 ? 'row is' : 'rows are'} not saved`;
  if (refused.size > 0) return `${many}: see the rows that say why. They are kept in this browser.`;
  return isAutomatic ? `${many} yet.` : `${many}; kept in this browser until you save.`;
}
