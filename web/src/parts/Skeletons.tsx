import { Skeleton, Stack } from '@mantine/core';

/** The shape of a page that is on its way. */
export function Skeletons({ rows = 8 }: { rows?: number }) {
  return (
    <Stack gap="xs" role="status" aria-label="Loading">
      <Skeleton height={28} width={220} mb="md" />
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they never change places
        <Skeleton key={row} height={36} />
      ))}
    </Stack>
  );
}
