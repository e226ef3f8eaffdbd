import { Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { CurlLine } from '../parts/CurlLine.tsx';
import { Empty } from '../parts/Empty.tsx';

/** Before the first alert: what will be here, how to send one, and where not to look for a filter (req 8). */
export function NoAlerts() {
  return (
    <>
      <Empty title="No alert has come in yet">
        Every alert that your tools send stands here, with what became of it: the ticket, or why there is
        none. Herald never decides what is an alert; which ones exist is set where they are made.
      </Empty>
      <Text>
        Send the first one with an API key of <Link to="/settings/access">Settings, Access</Link>:
      </Text>
      <CurlLine />
    </>
  );
}
