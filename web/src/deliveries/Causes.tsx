import { Paper, Text } from '@mantine/core';
import { CauseCard } from './CauseCard.tsx';
import type { Cause } from './queries.ts';

/** The work list: one card per cause, the oldest first. */
export function Causes({ causes, opened }: { causes: readonly Cause[]; opened: string | undefined }) {
  if (causes.length === 0) {
    return (
      <Paper withBorder p="md">
        <Text>
          Nothing waits for a person.{' '}
          <span className="quiet">
            What a PSA or a mail server refuses, what is held, and what nobody can find out about stands here,
            together with what to do.
          </span>
        </Text>
      </Paper>
    );
  }
  return causes.map((cause) => <CauseCard key={cause.id} cause={cause} isOpen={cause.id === opened} />);
}
