import { Text } from '@mantine/core';
import { asProblem } from '../../../api/problem.ts';

/** What went wrong in one cell, in its words. */
export function ProblemText({ error }: { error: unknown }) {
  return (
    <Text size="xs" c="red.9" className="wrong">
      {asProblem(error).message}
    </Text>
  );
}
