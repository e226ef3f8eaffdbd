import { Alert, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { Foreign } from '../../parts/Foreign.tsx';
import { Time } from '../../parts/Time.tsx';
import type { MailSettings } from './queries.ts';

/** Whether mail leaves now, in words: what needs a person first. */
export function MailState({ settings }: { settings: MailSettings }) {
  const { attention, attentionSince, isSetUp, servers, sender, fromInstallation } = settings;
  if (attention !== null) {
    return (
      <Alert color="red" title="No mail leaves: it needs a person" role="status">
        <Text>
          <Foreign text={attention} />
          {attentionSince && (
            <>
              {' '}
              <span className="quiet">
                (<Time at={attentionSince} />)
              </span>
            </>
          )}
        </Text>
        <Text mt={4}>
          Mails are held until it is mended, and then go out by themselves.{' '}
          <Link to="/settings/psa" search={{ email: 'servers' }}>
            Mend the servers
          </Link>
        </Text>
      </Alert>
    );
  }
  if (!isSetUp) {
    return (
      <Alert variant="default" title="E-mail is not set up" role="status">
        {servers.length === 0 ? 'There is no mail server yet' : 'There is no sender address yet'}. Alerts are
        accepted and kept; none of them is mailed.{' '}
        <Link to="/settings/psa" search={{ email: 'servers' }}>
          Enter {servers.length === 0 ? 'a mail server and a sender' : 'a sender'}
        </Link>
      </Alert>
    );
  }
  const by =
    servers.length > 0
      ? `${servers.map(({ host }) => host).join(', then ')}`
      : 'the servers of this installation';
  return (
    <Text role="status">
      Set up: mail leaves by {by}, from <Foreign text={sender ?? ''} />
      {fromInstallation && servers.length > 0 && ' (the sender of this installation)'}.
    </Text>
  );
}
