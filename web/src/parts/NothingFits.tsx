import type { ReactNode } from 'react';
import { Empty } from './Empty.tsx';

interface NothingFitsProps {
  /** One of what is listed: "alert". */
  what: string;
  /** The way to the whole list. */
  all: ReactNode;
}

/** In place of a list that its filters or its search leave empty. */
export function NothingFits({ what, all }: NothingFitsProps) {
  return (
    <Empty title={`No ${what} fits these filters`} action={all}>
      Take a filter away, or search for less.
    </Empty>
  );
}
