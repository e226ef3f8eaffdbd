import { useQuery } from '@tanstack/react-query';
import type { Field } from '../../api/types.ts';
import { newestEntryQuery } from '../../audit/queries.ts';
import { Conflict } from '../../parts/Conflict.tsx';
import type { Conflict as OtherState } from './step.ts';
import { changeWords } from './words.ts';

interface StepConflictProps {
  connectionId: string;
  fields: readonly Field[];
  conflict: OtherState;
}

/** Somebody else has saved this step meanwhile: who was there last, by the audit, and what is different now. */
export function StepConflict({ connectionId, fields, conflict }: StepConflictProps) {
  const { data } = useQuery({
    ...newestEntryQuery({ targetKind: 'connection', targetId: connectionId }),
    staleTime: 0,
  });
  const last = data?.items[0];
  const who = last ? [`The last change of this connection is by ${last.actor.name}.`] : [];
  return (
    <Conflict
      differences={[...who, ...changeWords(fields, conflict.keys, conflict.theirs)]}
      onLoad={conflict.loadTheirs}
      onOverwrite={conflict.keepMine}
    />
  );
}
