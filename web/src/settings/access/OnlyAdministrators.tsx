import { Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { useSession, whyNot } from '../../api/session.ts';
import { ActionButton } from '../../parts/ActionButton.tsx';
import { Empty } from '../../parts/Empty.tsx';

interface OnlyAdministratorsProps {
  title: string;
  /** What is kept here, for those who do not see it. */
  about: string;
  /** The action that others have here. */
  action: string;
  children: ReactNode;
}

/** Lists that administrators alone may read; all others see what is here and why not for them. */
export function OnlyAdministrators({ title, about, action, children }: OnlyAdministratorsProps) {
  const { role } = useSession();
  const why = whyNot(role, 'admin');
  if (why === undefined) return <Stack gap="lg">{children}</Stack>;
  return (
    <Empty title={title} action={<ActionButton whyNot={why}>{action}</ActionButton>}>
      {about} Only administrators see them; you are signed in as {role}.
    </Empty>
  );
}
