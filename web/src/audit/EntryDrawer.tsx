import { Drawer, Group, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { AuditEntry } from '../api/types.ts';
import { CopyId } from '../parts/CopyId.tsx';
import { Foreign } from '../parts/Foreign.tsx';
import { ProblemAlert } from '../parts/ProblemAlert.tsx';
import { Skeletons } from '../parts/Skeletons.tsx';
import { given } from '../parts/searchParams.ts';
import { kinds } from './kinds.ts';
import { entryQuery } from './queries.ts';
import { Did, Who } from './words.tsx';

const exact = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'long' });

/** One entry beside the list; which one stands in the address. */
export function EntryDrawer({ n }: { n: string | undefined }) {
  const navigate = useNavigate({ from: '/audit' });
  const close = () => void navigate({ search: ({ entry: _, ...rest }) => rest, resetScroll: false });
  return (
    <Drawer
      opened={n !== undefined}
      onClose={close}
      position="right"
      size="lg"
      title={n === undefined ? '' : `Entry ${n}`}
      closeButtonProps={{ 'aria-label': 'Close the entry' }}
    >
      {n !== undefined && <Entry n={n} />}
    </Drawer>
  );
}

function Entry({ n }: { n: string }) {
  const { data: entry, error, refetch } = useQuery(entryQuery(n));
  if (error) return <ProblemAlert error={error} onRetry={() => void refetch()} />;
  if (!entry) return <Skeletons rows={4} />;
  return (
    <Stack gap="lg">
      <Title order={2}>
        <Did entry={entry} />
      </Title>
      <Facts entry={entry} />
      <Changes entry={entry} />
      <Group gap="md">
        <Link to="/audit" search={aboutIt(entry)}>
          All about this
        </Link>
        <Link to="/audit" search={{ actorId: entry.actor.id }}>
          All by {entry.actor.name}
        </Link>
      </Group>
    </Stack>
  );
}

/** All about the thing; an entry of a later version may be of a kind that the filter does not have. */
const aboutIt = ({ target }: AuditEntry) =>
  given({ targetKind: kinds.find((kind) => kind === target.kind), targetId: target.id });

function Facts({ entry }: { entry: AuditEntry }) {
  return (
    <dl className="auditFacts">
      <dt>When</dt>
      <dd>
        <time dateTime={entry.at}>{exact.format(Date.parse(entry.at))}</time>
      </dd>
      <dt>Who</dt>
      <dd>
        <Who entry={entry} />
      </dd>
      <dt>From where</dt>
      <dd>{entry.address ?? 'Herald itself'}</dd>
      <dt>Why</dt>
      <dd>{entry.reason ? <Foreign text={entry.reason} isBlock /> : 'No reason was given.'}</dd>
      <dt>Id</dt>
      <dd>
        <CopyId id={entry.target.id} />
      </dd>
      <dt>Hash</dt>
      <dd>
        <CopyId id={entry.hash} label="hash" />
      </dd>
    </dl>
  );
}

/** One with lines of its own keeps them. */
const Value = ({ text }: { text: string | null }) =>
  text === null ? 'nothing' : <Foreign text={text} isBlock={text.includes('\n')} />;

function Changes({ entry: { changes } }: { entry: AuditEntry }) {
  if (changes.length === 0) return <Text className="quiet">No value differs from what it was before.</Text>;
  return (
    <section aria-label="What changed">
      <Title order={3} mb="xs">
        What changed
      </Title>
      {changes.map(({ field, before, after }) => (
        <div key={field} className="auditChange">
          <Text size="sm" fw={600}>
            <Foreign text={field} />
          </Text>
          <span className="auditBefore">
            <Value text={before} />
          </span>
          {' → '}
          <Value text={after} />
        </div>
      ))}
    </section>
  );
}
