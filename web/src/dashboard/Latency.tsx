import { Group, Text } from '@mantine/core';
import { counted } from '../parts/figures.ts';
import type { Dashboard } from './queries.ts';
import { durationInWords } from './words.ts';

/** How long it takes from an alert to its ticket. */
export function Latency({ medianMs, p95Ms, count }: Dashboard['latency']) {
  if (medianMs === null || p95Ms === null) {
    return <Text className="quiet">No ticket or note was made in this time.</Text>;
  }
  return (
    <Group align="baseline" className="latency">
      <Figure label="from alert to ticket, median" value={durationInWords(medianMs)} />
      <Figure label="or less for 19 of 20" value={durationInWords(p95Ms)} />
      <Text size="sm" className="quiet">
        measured over {counted(count, 'delivery', 'deliveries')}
      </Text>
    </Group>
  );
}

function Figure({ label, value }: { label: string; value: string }) {
  return (
    <div>
      <Text span fz={22} fw={600}>
        {value}
      </Text>{' '}
      <Text span size="sm" className="quiet">
        {label}
      </Text>
    </div>
  );
}
