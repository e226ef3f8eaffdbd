import { List, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Connection } from '../../api/types.ts';
import { Foreign } from '../../parts/Foreign.tsx';
import { Time } from '../../parts/Time.tsx';

/** How a connection is, in words: what keeps it from sending first, then what it does otherwise than it was told. */
export function Health({ connection }: { connection: Connection }) {
  const { notices, lookFirst, counts } = connection;
  return (
    <div className="health">
      <Main connection={connection} />
      {counts.failed > 0 && (
        <Text size="sm">
          <Link to="/deliveries" search={{ connectionId: connection.id, state: 'failed' }}>
            {counts.failed === 1 ? '1 delivery needs a person' : `${counts.failed} deliveries need a person`}
          </Link>
        </Text>
      )}
      {lookFirst && (
        <Text size="sm">
          After a restore {connection.label} is asked before anything is made; {lookFirst.waiting} groups wait
          for it.
        </Text>
      )}
      {notices.length > 0 && (
        <List size="sm">
          {notices.map(({ text }) => (
            <List.Item key={text}>
              <Foreign text={text} />
            </List.Item>
          ))}
        </List>
      )}
    </div>
  );
}

function Main({
  connection: { status, health, waiting, directory, pauseReason },
}: {
  connection: Connection;
}) {
  if (health.state === 'attention') {
    return (
      <Text size="sm" className="bad">
        Needs a person
        {health.since && (
          <>
            {' '}
            since <Time at={health.since} />
          </>
        )}
        : <Foreign text={health.reason ?? ''} />
      </Text>
    );
  }
  if (status === 'draft')
    return (
      <Text size="sm" className="quiet">
        Not in use yet
      </Text>
    );
  if (status === 'paused') {
    return (
      <Text size="sm">
        Nothing is sent; alerts are held.
        {pauseReason && (
          <>
            {' '}
            Reason: <Foreign text={pauseReason} />
          </>
        )}
      </Text>
    );
  }
  if (waiting) return <Text size="sm">{waiting.words}</Text>;
  if (directory.state === 'failed')
    return <Text size="sm">Sends. The accounts could not be loaded: {directory.failure}</Text>;
  return <Text size="sm">Works</Text>;
}
