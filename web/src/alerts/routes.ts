import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../app/routes.ts';
import { severities } from '../parts/Severity.tsx';
import { deliveryStates } from '../parts/StateBadge.tsx';
import { given, someIn, textIn } from '../parts/searchParams.ts';

export const alertsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/alerts',
  validateSearch: (search: Record<string, unknown>) =>
    given({
      q: textIn(search, 'q'),
      severity: someIn(search, 'severity', severities)?.join(','),
      state: someIn(search, 'state', deliveryStates)?.join(','),
      organizationId: textIn(search, 'organizationId'),
      source: textIn(search, 'source'),
      group: textIn(search, 'group'),
      from: textIn(search, 'from'),
      to: textIn(search, 'to'),
    }),
  component: lazyRouteComponent(() => import('./AlertsPage.tsx'), 'AlertsPage'),
});

export const alertRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/alerts/$alertId',
  component: lazyRouteComponent(() => import('./AlertPage.tsx'), 'AlertPage'),
});

export const alertRoutes = [alertsRoute, alertRoute] as const;
