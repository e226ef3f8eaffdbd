import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../app/routes.ts';
import { filterIn } from './filterIn.ts';

export const alertsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/alerts',
  validateSearch: filterIn,
  component: lazyRouteComponent(() => import('./AlertsPage.tsx'), 'AlertsPage'),
});

export const alertRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/alerts/$alertId',
  component: lazyRouteComponent(() => import('./AlertPage.tsx'), 'AlertPage'),
});

export const alertRoutes = [alertsRoute, alertRoute] as const;
