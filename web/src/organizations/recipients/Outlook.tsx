import './outlook.css';
import { Group, Stack, Text } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Organization } from '../../api/types.ts';
import { Foreign } from '../../parts/Foreign.tsx';
import { SeverityBadge } from '../../parts/Severity.tsx';
import { outlookQuery, type SeverityOutlook, stoppedQuery } from './queries.ts';

/** What the settings come to now, in the words in which an alert is planned; severities that fare alike stand together. */
export function Outlook({ organization: { id } }: { organization: Organization }) {
  const { data } = useSuspenseQuery(outlookQuery(id));
  const { data: stopped } = useSuspenseQuery(stoppedQuery);
  return (
    <ul className="outlook" aria-label="What would happen right now">
      {alike(data).map((group) => {
        const [first] = group;
        return (
          first && (
            <li key={first.severity} className="outlookRow">
              <Group gap={4} className="outlookHead">
                {group.map(({ severity }) => (
                  <SeverityBadge key={severity} severity={severity} />
                ))}
              </Group>
              <Stack gap={2}>
                <Way label="Ticket" way={first.ticket} />
                <Way label="E-mail" way={first.mail} />
                <Stopped addresses={addressesOf(first).filter((one) => stopped.has(one.toLowerCase()))} />
              </Stack>
            </li>
          )
        );
      })}
    </ul>
  );
}

const addressesOf = ({ mail }: SeverityOutlook): string[] => mail.recipients.map(({ address }) => address);

function Stopped({ addresses }: { addresses: readonly string[] }) {
  if (addresses.length === 0) return null;
  return (
    <Text component="div" size="sm" className="outlookWay">
      <span aria-hidden="true" className="sign">
        !
      </span>
      <span>
        But {addresses.length === 1 ? 'one address was' : 'some addresses were'} refused too often, so no mail
        goes there: <Foreign text={addresses.join(', ')} />.{' '}
        <Link to="/settings/psa/recipients" search={{ stopped: 'true' }}>
          Look at {addresses.length === 1 ? 'it' : 'them'}
        </Link>
      </span>
    </Text>
  );
}

const signs = { goes: '✓', held: '‖', none: '–' } as const;

function Way({ label, way: { kind, words } }: { label: string; way: SeverityOutlook['ticket'] }) {
  return (
    <Text component="div" size="sm" className={kind === 'none' ? 'outlookWay quiet' : 'outlookWay'}>
      <span aria-hidden="true" className={`sign ${kind}`}>
        {signs[kind]}
      </span>
      <span>
        <span className="unseen">{label}: </span>
        <Foreign text={words} />
      </span>
    </Text>
  );
}

/** Neighbours of which the same is said. */
function alike(severities: readonly SeverityOutlook[]): SeverityOutlook[][] {
  const groups: SeverityOutlook[][] = [];
  for (const one of severities) {
    const last = groups.at(-1);
    const before = last?.[0];
    if (last && before?.ticket.words === one.ticket.words && before.mail.words === one.mail.words)
      last.push(one);
    else groups.push([one]);
  }
  return groups;
}
