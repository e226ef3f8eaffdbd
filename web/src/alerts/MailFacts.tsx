import { Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Delivery } from '../api/types.ts';
import { CopyId } from '../parts/CopyId.tsx';

/** Of a mail that arrived, or may have, its Message-ID, by which a mail server finds it; of one in trouble where it is mended. */
export function MailFacts({ delivery }: { delivery: Delivery }) {
  const { address, messageId, state, reason } = delivery;
  if (address === null) return null;
  const isOfAddress = state === 'failed' && (reason === 'addressStopped' || reason === 'refused');
  return (
    <>
      {messageId && mayBeThere(delivery) && (
        <Text component="div" size="sm">
          <span className="quiet">Message-ID </span>
          <CopyId id={messageId} label="Message-ID" />
        </Text>
      )}
      {isOfAddress && (
        <Text size="sm">
          <Link to="/settings/psa/recipients" search={{ q: address }}>
            Look at this recipient
          </Link>
        </Text>
      )}
      {state === 'held' && (
        <Text size="sm">
          <Link to="/settings/psa" search={{ email: 'servers' }}>
            Look at the mail servers
          </Link>
        </Text>
      )}
    </>
  );
}

const mayBeThere = ({ state, reason }: Delivery): boolean =>
  state === 'delivered' || state === 'uncertain' || (state === 'failed' && reason === 'unclear');
