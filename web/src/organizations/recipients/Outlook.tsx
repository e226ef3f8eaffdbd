import './outlook.css';
import { Group, Stack, Text } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Organization } from '../../api/types.ts';
import { Foreign } from '../../parts/Foreign.tsx';
import { SeverityBadge } from '../../parts/Severity.tsx';
import { outlookQuery, type SeverityOutlook } from './queries.ts';

/** What the settings come to now, in the words in which an alert is planned; severities that fare alike stand together. */
export function Outlook({ organization: { id } }: { organization: Organization }) {
  const { data } = useSuspenseQuery(outlookQuery(id));
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
                {first.mail.stopped.length > 0 && <Stopped count={first.mail.stopped.length} />}
              </Stack>
            </li>
          )
        );
      })}
    </ul>
  );
}

/** What a person can do about addresses to which no mail goes any more. */
function Stopped({ count }: { count: number }) {
  return (
    <Text component="div" size="sm" className="outlookWay">
      <span aria-hidden="true" className="sign">
        !
      </span>
      <Link to="/settings/psa/recipients" search={{ stopped: 'true' }}>
        Look at {count === 1 ? 'the stopped address' : `the ${count} stopped addresses`}
      </Link>
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
