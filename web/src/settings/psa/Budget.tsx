import { Progress, Text } from '@mantine/core';
import type { Connection } from '../../api/types.ts';

/** How much of its calls a connection has used in the PSA's window, and what other tools use. */
export function Budget({ budget }: { budget: Connection['budget'] }) {
  if (!budget) return <span className="quiet">none yet</span>;
  const { used, allowed, others, windowMs, isSpread } = budget;
  const part = allowed > 0 ? Math.min(100, (100 * used) / allowed) : 100;
  const words = `${used.toLocaleString('en')} of ${allowed.toLocaleString('en')} ${windowWords(windowMs)}`;
  return (
    <div>
      <Progress
        value={part}
        size="sm"
        color={isSpread || part > 90 ? 'yellow' : 'indigo'}
        aria-label={`Calls used: ${words}`}
      />
      <Text size="xs" className="quiet">
        {words}
        {others !== null && others > 0 && `, other tools ${others.toLocaleString('en')}`}
      </Text>
    </div>
  );
}

function windowWords(ms: number): string {
  if (ms === 3_600_000) return 'an hour';
  return ms === 60_000 ? 'a minute' : `in ${Math.round(ms / 60_000)} min.`;
}
