import { Link } from '@tanstack/react-router';
import { Foreign } from '../parts/Foreign.tsx';
import type { Cause } from './queries.ts';

/** Where the deliveries of a cause go, as a way to its settings. */
export function WayOf({ cause: { connectionId, connectionName } }: { cause: Cause }) {
  if (connectionId === null) {
    return (
      <Link to="/settings/psa" search={{ email: 'servers' }}>
        E-mail
      </Link>
    );
  }
  return (
    <Link to="/settings/psa/$connectionId" params={{ connectionId }}>
      <Foreign text={connectionName ?? 'A removed connection'} />
    </Link>
  );
}
