import { Badge } from '@mantine/core';
import type { DeliveryState } from '../api/types.ts';

interface Look {
  label: string;
  color: string;
  variant: 'light' | 'outline';
}

/** What became of a delivery; one colour per meaning (screens: character). */
const looks: Record<DeliveryState, Look> = {
  delivered: { label: 'Delivered', color: 'green', variant: 'light' },
  pending: { label: 'Waiting', color: 'gray', variant: 'light' },
  sending: { label: 'Sending', color: 'gray', variant: 'light' },
  uncertain: { label: 'Uncertain', color: 'yellow', variant: 'light' },
  held: { label: 'Held', color: 'blue', variant: 'light' },
  skipped: { label: 'Skipped', color: 'gray', variant: 'outline' },
  failed: { label: 'Failed', color: 'red', variant: 'light' },
};

/** The word for a state, for filters and sentences. */
export const stateLabel = (state: DeliveryState): string => looks[state].label;

export const deliveryStates = Object.keys(looks) as DeliveryState[];

export function StateBadge({ state }: { state: DeliveryState }) {
  const { label, color, variant } = looks[state];
  return (
    <Badge color={color} variant={variant} radius="sm" size="sm" className={`state ${state}`}>
      {label}
    </Badge>
  );
}
