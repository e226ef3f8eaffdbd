import { Text } from '@mantine/core';
import { counted, figure } from '../parts/figures.ts';

interface AccountedProps {
  alerts: number;
  unaccounted: number;
  /** "24 hours" */
  span: string;
}

/** The one sentence that matters: every alert has gone somewhere, or it says where not (decision 24). */
export function Accounted({ alerts, unaccounted, span }: AccountedProps) {
  if (unaccounted > 0) {
    return (
      <Text className="accounted lost" role="status">
        {figure(unaccounted)} of {counted(alerts, 'alert')} of the last {span}{' '}
        {unaccounted === 1 ? 'is' : 'are'} not accounted for. That must not happen: run{' '}
        <code>herald doctor</code> on the server, which names what is wrong.
      </Text>
    );
  }
  return (
    <Text className="accounted" role="status">
      {inWords(alerts, span)}
    </Text>
  );
}

function inWords(alerts: number, span: string): string {
  if (alerts === 0) return `No alert has come in in the last ${span}.`;
  if (alerts === 1) return `The one alert of the last ${span} is accounted for.`;
  return `All ${figure(alerts)} alerts of the last ${span} are accounted for.`;
}
