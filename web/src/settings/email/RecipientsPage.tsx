import './email.css';
import { Group, SegmentedControl } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useSession, whyNot } from '../../api/session.ts';
import { ActionButton } from '../../parts/ActionButton.tsx';
import { Empty } from '../../parts/Empty.tsx';
import { ChoiceChip } from '../../parts/FilterChip.tsx';
import { NothingFits } from '../../parts/NothingFits.tsx';
import { OrganizationChip } from '../../parts/OrganizationChip.tsx';
import { SearchField } from '../../parts/SearchField.tsx';
import { type Severity, severities, severityLabel } from '../../parts/Severity.tsx';
import { recipientsRoute } from '../routes.ts';
import { SettingsPage } from '../SettingsPage.tsx';
import { ExportButton } from './ExportButton.tsx';
import { everyRecipientQuery, type RecipientFilters } from './queries.ts';
import { RecipientTable } from './recipients/RecipientTable.tsx';

/** The recipients of every list: global ones and those of organizations, to keep them current (req 118). */
export function RecipientsPage() {
  const { recipient, ...filters } = recipientsRoute.useSearch();
  const navigate = useNavigate({ from: '/settings/psa/recipients' });
  const { role } = useSession();
  const isFiltered = Object.keys(filters).length > 0;
  return (
    <SettingsPage
      title="All recipients"
      intro="Everybody who is mailed: global recipients, and those of single organizations. One is added where its list is: under PSA & Email, or on the organization's own page."
      actions={
        <>
          <ExportButton filters={filters} />
          <ActionButton
            variant="default"
            whyNot={whyNot(role, 'admin')}
            onClick={() => void navigate({ to: '/settings/psa/recipients/import' })}
          >
            Import
          </ActionButton>
        </>
      }
    >
      <Filters />
      <RecipientTable
        label="Recipients"
        query={everyRecipientQuery(filters)}
        opened={recipient}
        onOpen={(id) =>
          void navigate({
            search: { ...filters, ...(id && { recipient: id }) },
            replace: true,
            resetScroll: false,
          })
        }
        empty={
          isFiltered ? (
            <NothingFits
              what="recipient"
              all={<Link to="/settings/psa/recipients">Show all recipients</Link>}
            />
          ) : (
            <Empty title="Nobody is mailed yet">
              Add global recipients under PSA & Email, those of one organization on its page, or import all of
              them from a table.
            </Empty>
          )
        }
      />
    </SettingsPage>
  );
}

const lists = [
  { value: '', label: 'All lists' },
  { value: 'global', label: 'Global' },
  { value: 'organization', label: 'Of organizations' },
];

const marks = [
  { value: 'stopped', label: 'Stopped' },
  { value: 'reviewDue', label: 'Review due' },
] as const;

function Filters() {
  const { recipient: _opened, ...filters } = recipientsRoute.useSearch();
  const navigate = useNavigate({ from: '/settings/psa/recipients' });
  const set = (part: { [K in keyof RecipientFilters]?: RecipientFilters[K] | undefined }) => {
    const search = Object.fromEntries(Object.entries({ ...filters, ...part }).filter(([, value]) => value));
    void navigate({ search, replace: true, resetScroll: false });
  };
  return (
    <Group gap="sm">
      <SearchField label="Search addresses and notes" value={filters.q} onSearch={(q) => set({ q })} />
      <SegmentedControl
        size="xs"
        aria-label="List"
        data={lists}
        value={filters.list ?? ''}
        onChange={(list) =>
          set({ list: (list || undefined) as RecipientFilters['list'], organizationId: undefined })
        }
      />
      <OrganizationChip
        id={filters.organizationId}
        onChange={(organizationId) => set({ organizationId, list: undefined })}
      />
      <ChoiceChip<Severity>
        label="Gets"
        choices={severities.map((value) => ({ value, label: severityLabel(value) }))}
        chosen={filters.severity ? [filters.severity] : []}
        onChange={(chosen) => set({ severity: chosen.at(-1) })}
      />
      <ChoiceChip
        label="Only"
        choices={marks}
        chosen={marks.map(({ value }) => value).filter((value) => filters[value])}
        onChange={(chosen) =>
          set({
            stopped: chosen.includes('stopped') ? 'true' : undefined,
            reviewDue: chosen.includes('reviewDue') ? 'true' : undefined,
          })
        }
      />
    </Group>
  );
}
