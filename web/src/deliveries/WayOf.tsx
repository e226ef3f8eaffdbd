import { Link } from '@tanstack/react-router';
import { Foreign } from '../parts/Foreign.tsx';
import type { Cause } from './queries.ts';

/** Where the deliveries of a cause go, as a way to the settings that mend it. */
export function WayOf({ cause: { connectionId, connectionName, state, reason } }: { cause: Cause }) {
  if (connectionId === null && state === 'failed' && reason === 'addressStopped') {
    return (
      <Link to="/settings/psa/recipients" search={{ stopped: 'true' }}>
        E-mail
      </Link>
    );
  }
  if (connectionId === null && state === 'failed' && reason === 'refused') {
    return <Link to="/settings/psa/recipients">E-mail</Link>;
  }
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
