import { Badge } from '@mantine/core';

export const severities = ['critical', 'high', 'medium', 'low', 'informational'] as const;
export type Severity = (typeof severities)[number];

/** Colour and shape: filled for what is urgent, an outline for what is not. */
const looks: Record<Severity, { color: string; variant: 'filled' | 'light' | 'outline' }> = {
  critical: { color: 'red.9', variant: 'filled' },
  high: { color: 'orange', variant: 'light' },
  medium: { color: 'yellow', variant: 'light' },
  low: { color: 'blue', variant: 'outline' },
  informational: { color: 'gray', variant: 'outline' },
};

/** How severe an alert is, as its sender has said. */
export function SeverityBadge({ severity }: { severity: Severity }) {
  const { color, variant } = looks[severity];
  return (
    <Badge color={color} variant={variant} radius="sm" size="sm" className={`severity ${severity}`}>
      {severity === 'informational' ? 'Info' : severity}
    </Badge>
  );
}
