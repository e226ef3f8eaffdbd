import { Time } from '../parts/Time.tsx';
import type { ListedAlert } from './queries.ts';

/** When an alert came in first; where it was changed later, when that was, more quietly. */
export function ReceivedAt({ alert: { firstReceivedAt, receivedAt } }: { alert: ListedAlert }) {
  return (
    <>
      <Time at={firstReceivedAt} />
      {receivedAt !== firstReceivedAt && (
        <span className="changedAt">
          changed <Time at={receivedAt} />
        </span>
      )}
    </>
  );
}
