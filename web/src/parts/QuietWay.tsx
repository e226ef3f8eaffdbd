import { Anchor } from '@mantine/core';
import type { ReactNode } from 'react';

/** A way to another step, quieter than a button. */
export function QuietWay({ children, onClick }: { children: ReactNode; onClick(): void }) {
  return (
    <Anchor component="button" type="button" size="sm" onClick={onClick} ta="left" w="fit-content">
      {children}
    </Anchor>
  );
}
