import { Stack, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Foreign } from '../parts/Foreign.tsx';
import { counted, figure } from '../parts/figures.ts';
import type { Dashboard } from './queries.ts';

type Props = Dashboard['needsPerson'] & Pick<Dashboard, 'mail'>;

/** What Herald cannot go on with by itself; each line leads to where it is mended. */
export function NeedsPerson(props: Props) {
  const lines = linesOf(props);
  return (
    <Stack component="section" gap="sm" aria-labelledby="needs-person">
      <Title order={2} id="needs-person">
        Needs a person
      </Title>
      {lines.length === 0 ? <Text className="quiet">Nothing.</Text> : <ul className="needs">{lines}</ul>}
    </Stack>
  );
}

function linesOf({ failed, held, uncertain, unassigned, attention, mail }: Props): ReactNode[] {
  const lines: ReactNode[] = attention.map(({ connectionId, name, reason }) => (
    <Line key={connectionId} tone="bad">
      <Link to="/settings/psa/$connectionId" params={{ connectionId }}>
        <Foreign text={name} />
      </Link>{' '}
      <Foreign text={reason} />
    </Line>
  ));
  if (mail?.health.state === 'attention') {
    lines.push(
      <Line key="mail" tone="bad">
        <Link to="/settings/psa" search={{ email: 'servers' }}>
          E-mail
        </Link>{' '}
        <Foreign text={mail.health.reason ?? ''} />
      </Line>,
    );
  }
  if (failed > 0) {
    lines.push(
      <Line key="failed" tone="bad">
        <Link to="/deliveries" search={{ state: 'failed' }}>
          {counted(failed, 'delivery', 'deliveries')}
        </Link>{' '}
        failed: mend the cause and deliver, or discard.
      </Line>,
    );
  }
  if (uncertain > 0) {
    lines.push(
      <Line key="uncertain" tone="unsure">
        <Link to="/deliveries" search={{ state: 'uncertain' }}>
          {counted(uncertain, 'delivery', 'deliveries')}
        </Link>{' '}
        uncertain: Herald finds out whether {uncertain === 1 ? 'it' : 'they'} arrived, as far as it can.
      </Line>,
    );
  }
  if (held > 0) {
    lines.push(
      <Line key="held" tone="held">
        <Link to="/deliveries" search={{ state: 'held' }}>
          {counted(held, 'delivery', 'deliveries')}
        </Link>{' '}
        held: resume the connection, or mend what it needs.
      </Line>,
    );
  }
  if (unassigned > 0) {
    lines.push(
      <Line key="unassigned" tone="held">
        <Link to="/organizations/unassigned">
          {unassigned >= mostUnassigned ? `${figure(unassigned)} or more` : figure(unassigned)} unassigned{' '}
          {unassigned === 1 ? 'reference' : 'references'}
        </Link>{' '}
        in alerts: say which organization is meant, once and for all.
      </Line>,
    );
  }
  return lines;
}

/** As the API counts them. */
const mostUnassigned = 100;

function Line({ tone, children }: { tone: 'bad' | 'unsure' | 'held'; children: ReactNode }) {
  return <li className={`need ${tone}Need`}>{children}</li>;
}
