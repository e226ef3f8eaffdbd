import { Badge } from '@mantine/core';

/** A word about what stands in a cell. */
export function CellMark({ color, children }: { color: 'red' | 'yellow'; children: string }) {
  return (
    <Badge size="xs" variant="light" color={color} tt="none" flex="none">
      {children}
    </Badge>
  );
}
