import './alerts.css';
import { Grid, Group, Text } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CopyId } from '../parts/CopyId.tsx';
import { Foreign } from '../parts/Foreign.tsx';
import { Page } from '../parts/Page.tsx';
import { SeverityBadge } from '../parts/Severity.tsx';
import { visible } from '../parts/visible.ts';
import { CameIn } from './CameIn.tsx';
import { Outcome } from './Outcome.tsx';
import { alertQuery } from './queries.ts';
import { alertRoute } from './routes.ts';
import { Story } from './Story.tsx';
import { WhatNow } from './WhatNow.tsx';

/** One alert: what came in, and everything that became of it. */
export function AlertPage() {
  const { alertId } = alertRoute.useParams();
  const { data: alert } = useSuspenseQuery(alertQuery(alertId));
  return (
    <Page
      title={visible(alert.title)}
      heading={<Foreign text={alert.title} />}
      above={
        <Text size="sm">
          <Link to="/alerts">Alerts</Link>
        </Text>
      }
      actions={<WhatNow alert={alert} />}
    >
      <Group gap="xs">
        <SeverityBadge severity={alert.severity} />
        <Outcome deliveries={alert.deliveries} />
        <Text span size="sm" className="quiet">
          alert <CopyId id={alert.id} label="id of this alert" />
        </Text>
      </Group>
      <Grid gap="xl">
        <Grid.Col span={{ base: 12, lg: 5 }}>
          <CameIn alert={alert} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 7 }}>
          <Story alert={alert} />
        </Grid.Col>
      </Grid>
    </Page>
  );
}
