import './alerts.css';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Suspense, useDeferredValue } from 'react';
import { Page } from '../parts/Page.tsx';
import { Skeletons } from '../parts/Skeletons.tsx';
import { AlertFilters } from './AlertFilters.tsx';
import { AlertList } from './AlertList.tsx';
import { NoAlerts } from './NoAlerts.tsx';
import { anyAlertQuery } from './queries.ts';
import { alertsRoute } from './routes.ts';

/** All alerts, newest first. The filters stand in the address, so a view is kept by keeping its address. */
export function AlertsPage() {
  const filter = alertsRoute.useSearch();
  const { data: any } = useSuspenseQuery(anyAlertQuery);
  if (any.items.length === 0) {
    return (
      <Page title="Alerts">
        <NoAlerts />
      </Page>
    );
  }
  return (
    <Page title="Alerts">
      <AlertFilters filter={filter} />
      <Suspense fallback={<Skeletons />}>
        <Deferred filter={filter} />
      </Suspense>
    </Page>
  );
}

/** While another filter is read, the rows of the one before stay. */
function Deferred({ filter }: { filter: ReturnType<typeof alertsRoute.useSearch> }) {
  const shown = useDeferredValue(filter);
  return (
    <div className={shown === filter ? '' : 'isStale'}>
      <AlertList filter={shown} />
    </div>
  );
}
