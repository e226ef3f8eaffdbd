import type { AuditEntry } from '../api/types.ts';
import { Foreign } from '../parts/Foreign.tsx';

/** "Paused *Autotask*" */
export function Did({ entry: { did, target } }: { entry: AuditEntry }) {
  return (
    <>
      {did}{' '}
      <strong>
        <Foreign text={target.name} />
      </strong>
    </>
  );
}

/** Programs and Herald itself are told apart from people. */
export function Who({ entry: { actor } }: { entry: AuditEntry }) {
  return (
    <>
      <Foreign text={actor.name} />
      {actor.kind === 'apiKey' && <span className="quiet"> (API key)</span>}
    </>
  );
}
