import type { Field } from '../../../api/types.ts';
import { Conflict } from '../../../parts/Conflict.tsx';
import type { Conflict as OtherState } from '../step.ts';
import { changeWords } from './words.ts';

interface StepConflictProps {
  connectionId: string;
  fields: readonly Field[];
  conflict: OtherState;
}

/** Somebody else has saved this step meanwhile: what is different now. */
export function StepConflict({ connectionId, fields, conflict }: StepConflictProps) {
  return (
    <Conflict
      target={{ targetKind: 'connection', targetId: connectionId }}
      lastChange={conflict.lastChange}
      differences={changeWords(fields, conflict.keys, conflict.theirs)}
      onLoad={conflict.loadTheirs}
      onOverwrite={conflict.keepMine}
    />
  );
}
