import { Badge } from '@mantine/core';
import type { Severity } from '../../../src/alerts/types.ts';

export type { Severity };

/** Most severe first. */
export const severities = [
  'critical',
  'high',
  'medium',
  'low',
  'informational',
] as const satisfies Severity[];

/** Colour and shape: filled for what is urgent, an outline for what is not. */
const looks: Record<Severity, { label: string; color: string; variant: 'filled' | 'light' | 'outline' }> = {
  critical: { label: 'Critical', color: 'red.9', variant: 'filled' },
  high: { label: 'High', color: 'orange', variant: 'light' },
  medium: { label: 'Medium', color: 'yellow', variant: 'light' },
  low: { label: 'Low', color: 'blue', variant: 'outline' },
  informational: { label: 'Info', color: 'gray', variant: 'outline' },
};

/** The word for a severity, for sentences and fields. */
export const severityLabel = (severity: Severity): string => looks[severity].label;

/** How severe an alert is, as its sender has said. */
export function SeverityBadge({ severity }: { severity: Severity }) {
  const { label, color, variant } = looks[severity];
  return (
    <Badge color={color} variant={variant} radius="sm" size="sm" className={`severity ${severity}`}>
      {label}
    </Badge>
  );
}
