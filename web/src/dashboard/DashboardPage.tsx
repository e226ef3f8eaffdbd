import './dashboard.css';
import { SegmentedControl, Skeleton, Stack, Title } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useDeferredValue } from 'react';
import { anyAlertQuery } from '../alerts/queries.ts';
import { Page } from '../parts/Page.tsx';
import { Accounted } from './Accounted.tsx';
import { Connections } from './Connections.tsx';
import { FirstSteps } from './FirstSteps.tsx';
import { Latency } from './Latency.tsx';
import { NeedsPerson } from './NeedsPerson.tsx';
import { type Dashboard, dashboardQuery, type Span } from './queries.ts';
import { dashboardRoute } from './routes.ts';

/** The library for charts is large: it comes when there is something to draw. */
const Outcomes = lazy(async () => ({ default: (await import('./Outcomes.tsx')).Outcomes }));

const spanChoices: { value: Span; label: string }[] = [
  { value: '24', label: '24 hours' },
  { value: '168', label: '7 days' },
  { value: '720', label: '30 days' },
];

/** Whether every alert has been taken care of, and what is left for a person. */
export function DashboardPage() {
  const { hours = '24' } = dashboardRoute.useSearch();
  const shown = useDeferredValue(hours);
  const navigate = useNavigate({ from: '/' });
  const { data } = useSuspenseQuery(dashboardQuery(shown));
  const { data: any } = useSuspenseQuery(anyAlertQuery);
  const hasAlerts = any.items.length > 0;
  const isFresh = !hasAlerts || data.connections.length === 0;
  const label = spanChoices.find(({ value }) => value === shown)?.label ?? shown;
  return (
    <Page
      title="Dashboard"
      actions={
        hasAlerts && (
          <SegmentedControl
            aria-label="The last"
            size="xs"
            data={spanChoices}
            value={hours}
            onChange={(value) => navigate({ search: value === '24' ? {} : { hours: value as Span } })}
          />
        )
      }
    >
      {isFresh && <FirstSteps hasConnection={data.connections.length > 0} hasAlerts={hasAlerts} />}
      {hasAlerts && <Figures data={data} span={label} />}
      {(data.connections.length > 0 || data.mail) && (
        <Connections connections={data.connections} mail={data.mail} span={label} />
      )}
    </Page>
  );
}

function Figures({ data, span }: { data: Dashboard; span: string }) {
  return (
    <>
      <Accounted {...data.accounted} span={span} />
      <NeedsPerson {...data.needsPerson} mail={data.mail} />
      <Stack component="section" gap="sm" aria-labelledby="outcomes">
        <Title order={2} id="outcomes">
          What became of them
        </Title>
        <Latency {...data.latency} />
        <Suspense fallback={<Skeleton height={260} />}>
          <Outcomes series={data.series} isByDay={data.series.length !== 24} />
        </Suspense>
      </Stack>
    </>
  );
}
