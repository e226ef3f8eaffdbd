import '../email.css';
import { Stack, Text } from '@mantine/core';
import { useSuspenseInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type Column, DataTable } from '../../../parts/DataTable.tsx';
import { Day } from '../../../parts/Day.tsx';
import { Empty } from '../../../parts/Empty.tsx';
import { Foreign } from '../../../parts/Foreign.tsx';
import { SettingsPage } from '../../SettingsPage.tsx';
import { LastMail } from './LastMail.tsx';
import { type Review, reviewsQuery } from './queries.ts';

/** Routes and recipients whose review date has come, or comes within 30 days (req 120). */
export function ReviewsPage() {
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = useSuspenseInfiniteQuery(reviewsQuery);
  const rows = data.pages.flatMap(({ items }) => items);
  const { counts, lastMail } = data.pages.at(-1) ?? { counts: { due: 0, soon: 0 }, lastMail: null };
  return (
    <SettingsPage
      title="Reviews"
      intro="Recipients and mappings that somebody wanted to be looked at again. When one is still right, give it a new date; when not, change or remove it."
    >
      {rows.length === 0 ? (
        <Empty title="Nothing is to be reviewed within 30 days">
          Recipients of e-mail and mappings of organizations can carry a date on which somebody looks at them
          again, and a note that says why they exist. What is due is listed here, and mailed to administrators
          once a month.
        </Empty>
      ) : (
        <DataTable
          label="Reviews"
          rows={rows}
          columns={columns}
          idOf={idOf}
          narrow={(row) => <Lines row={row} />}
          more={hasNextPage ? { isLoading: isFetchingNextPage, load: () => void fetchNextPage() } : undefined}
          footer={`${counts.due} due, ${counts.soon} more within 30 days`}
        />
      )}
      <LastMail lastMail={lastMail} />
      <Text size="sm" className="quiet" maw={760}>
        Look beyond the routes too as customers and work change: which alerts exist (the settings of the
        applications that send them), what surfaces (Power Filters and allowlists), preferences, instructions
        and limits of the SOC (SOC settings), and where telemetry comes from (data sources).
      </Text>
    </SettingsPage>
  );
}

const idOf = ({ recipientId, connectionId, organizationId }: Review): string =>
  recipientId ?? `${connectionId} ${organizationId}`;

const columns: Column<Review>[] = [
  { key: 'day', label: 'Date', width: '140px', cell: (row) => <When row={row} /> },
  { key: 'what', label: 'What', cell: (row) => <What row={row} /> },
  { key: 'note', label: 'Why it exists', cell: (row) => <Why row={row} /> },
];

function When({ row: { reviewOn, isDue } }: { row: Review }) {
  return (
    <span className={isDue ? 'bad' : ''}>
      <Day on={reviewOn} />
      {isDue && ' (due)'}
    </span>
  );
}

function What({ row }: { row: Review }) {
  const {
    kind,
    recipientId,
    address,
    organizationId,
    organizationName,
    connectionId,
    connectionName,
    accountName,
    accountId,
  } = row;
  if (kind === 'recipient') {
    return (
      <>
        <Link to="/settings/psa/recipients" search={{ q: address ?? '', recipient: recipientId ?? '' }}>
          <Foreign text={address ?? ''} />
        </Link>{' '}
        <span className="quiet">
          {organizationId === null ? (
            'is a global recipient'
          ) : (
            <>
              is a recipient of <Foreign text={organizationName ?? ''} />
            </>
          )}
        </span>
      </>
    );
  }
  return (
    <>
      <Link
        to="/settings/psa/$connectionId"
        params={{ connectionId: connectionId ?? '' }}
        search={{ step: 'accounts', q: organizationName ?? '' }}
      >
        <Foreign text={organizationName ?? ''} />
      </Link>{' '}
      <span className="quiet">
        is mapped to <Foreign text={accountName ?? accountId ?? ''} /> in{' '}
        <Foreign text={connectionName ?? ''} />
      </span>
    </>
  );
}

function Why({ row: { note, owner } }: { row: Review }) {
  return (
    <>
      {note === '' ? <span className="quiet">Not said</span> : <Foreign text={note} />}
      {owner !== '' && (
        <Text size="xs" className="quiet">
          Owner: <Foreign text={owner} />
        </Text>
      )}
    </>
  );
}

function Lines({ row }: { row: Review }) {
  return (
    <Stack gap={2}>
      <Text component="div" size="sm">
        <When row={row} />
      </Text>
      <div>
        <What row={row} />
      </div>
      <Text component="div" size="sm">
        <Why row={row} />
      </Text>
    </Stack>
  );
}
