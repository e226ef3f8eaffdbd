import { Badge, Group, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Column } from '../../../parts/DataTable.tsx';
import { Day } from '../../../parts/Day.tsx';
import { Foreign } from '../../../parts/Foreign.tsx';
import { SeverityBadge, severities } from '../../../parts/Severity.tsx';
import { Time } from '../../../parts/Time.tsx';
import type { Recipient } from '../queries.ts';
import { RecipientActions, SendAgain } from './RecipientActions.tsx';

/** The columns of a table of recipients; `withList`: of several lists. */
export function recipientColumns(withList: boolean, onEdit: (one: Recipient) => void): Column<Recipient>[] {
  const list: Column<Recipient> = { key: 'list', label: 'List', cell: (one) => <ListOf recipient={one} /> };
  return [
    { key: 'address', label: 'Address', width: '30%', cell: (one) => <Address recipient={one} /> },
    ...(withList ? [list] : []),
    { key: 'severities', label: 'Gets', cell: ({ severities: chosen }) => <Chosen severities={chosen} /> },
    { key: 'note', label: 'Why', cell: (one) => <Why recipient={one} /> },
    { key: 'review', label: 'Review', width: '110px', cell: (one) => <Review recipient={one} /> },
    {
      key: 'actions',
      label: '',
      isNumber: true,
      width: '150px',
      cell: (one) => <RecipientActions recipient={one} onEdit={onEdit} />,
    },
  ];
}

/** The address, and what keeps mail from it. */
function Address({ recipient }: { recipient: Recipient }) {
  const { address, stopped, waiting, failed } = recipient;
  return (
    <Stack gap={2} py={4} align="flex-start">
      <Group gap={8}>
        <Foreign text={address} />
        {stopped && (
          <Badge color="red" variant="light" radius="sm" size="sm">
            Stopped
          </Badge>
        )}
      </Group>
      {stopped && (
        <>
          <Text size="xs" className="bad">
            No mail goes there: it was refused {stopped.refusals} times in a row. The last answer:{' '}
            <Foreign text={stopped.refusal} /> (<Time at={stopped.since} />)
          </Text>
          <SendAgain recipient={recipient} />
        </>
      )}
      {(waiting > 0 || failed > 0) && (
        <Text size="xs" className="quiet">
          {[waiting > 0 && `${upTo(waiting)} waiting`, failed > 0 && `${upTo(failed)} need a person`]
            .filter(Boolean)
            .join(', ')}
        </Text>
      )}
    </Stack>
  );
}

/** The server counts up to here. */
const mostCounted = 1_000;
const upTo = (n: number): string => (n >= mostCounted ? `${mostCounted.toLocaleString('en')}+` : String(n));

function ListOf({ recipient: { organizationId, organizationName } }: { recipient: Recipient }) {
  if (organizationId === null) return 'Global';
  return (
    <Link to="/organizations/$organizationId" params={{ organizationId }} search={{ tab: 'settings' }}>
      <Foreign text={organizationName ?? ''} />
    </Link>
  );
}

function Chosen({ severities: chosen }: { severities: Recipient['severities'] }) {
  if (chosen === null) return 'All alerts';
  return (
    <Group gap={4}>
      {severities
        .filter((one) => chosen.includes(one))
        .map((one) => (
          <SeverityBadge key={one} severity={one} />
        ))}
    </Group>
  );
}

function Why({ recipient: { note, owner } }: { recipient: Recipient }) {
  if (note === '' && owner === '') return <span className="quiet">Not said</span>;
  return (
    <>
      <span className="clamped" title={note}>
        <Foreign text={note} />
      </span>
      {owner !== '' && (
        <Text size="xs" className="quiet">
          Owner: <Foreign text={owner} />
        </Text>
      )}
    </>
  );
}

function Review({ recipient: { reviewOn, isReviewDue } }: { recipient: Recipient }) {
  if (reviewOn === null) return <span className="quiet">No date</span>;
  return (
    <span className={isReviewDue ? 'bad' : ''}>
      <Day on={reviewOn} />
      {isReviewDue && ' (due)'}
    </span>
  );
}

/** The same on a phone. */
export function RecipientLines({
  recipient,
  withList,
  onEdit,
}: {
  recipient: Recipient;
  withList: boolean;
  onEdit(one: Recipient): void;
}) {
  return (
    <Stack gap={4}>
      <Address recipient={recipient} />
      <Group gap="xs">
        {withList && (
          <Text span size="sm">
            <ListOf recipient={recipient} />
          </Text>
        )}
        <Text component="div" size="sm">
          <Chosen severities={recipient.severities} />
        </Text>
      </Group>
      <Text component="div" size="sm">
        <Why recipient={recipient} />
      </Text>
      <Group justify="space-between" gap="xs">
        <Text size="sm">
          Review: <Review recipient={recipient} />
        </Text>
        <RecipientActions recipient={recipient} onEdit={onEdit} />
      </Group>
    </Stack>
  );
}
