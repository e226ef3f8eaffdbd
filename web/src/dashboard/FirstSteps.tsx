import { Paper, Stack, Text, Title } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { CurlLine } from '../parts/CurlLine.tsx';
import { anyOrganizationQuery } from './queries.ts';

/** A new Herald: the three steps to the first ticket, each with its place. */
export function FirstSteps({ hasConnection, hasAlerts }: { hasConnection: boolean; hasAlerts: boolean }) {
  const { data: organizations } = useSuspenseQuery(anyOrganizationQuery);
  return (
    <Paper withBorder p="lg" component="section" aria-labelledby="first-steps">
      <Title order={2} id="first-steps" mb="md">
        Three steps to the first ticket
      </Title>
      <ol className="firstSteps">
        <Step title={<Link to="/settings/psa/add">Connect a PSA</Link>} isDone={hasConnection}>
          Where tickets go, and how they look there. The alert itself is never changed.
        </Step>
        <Step
          title={<Link to="/organizations">Add your organizations</Link>}
          isDone={organizations.items.length > 0}
        >
          Your customers, by the names that your alerts have for them. Alerts of unknown ones go to the
          catch-all account.
        </Step>
        <Step title="Send the first alert" isDone={hasAlerts}>
          With an API key of <Link to="/settings/access">Settings, Access</Link>. This page shows it within
          seconds.
          {!hasAlerts && <CurlLine />}
        </Step>
      </ol>
    </Paper>
  );
}

function Step({ title, isDone, children }: { title: ReactNode; isDone: boolean; children: ReactNode }) {
  return (
    <li className={isDone ? 'done' : ''}>
      <Stack gap={4}>
        <Text fw={600}>
          {title}
          {isDone && <span className="doneMark"> ✓ done</span>}
        </Text>
        <Text component="div" className="quiet">
          {children}
        </Text>
      </Stack>
    </li>
  );
}
