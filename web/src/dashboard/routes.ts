import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../app/routes.ts';
import { given, oneIn } from '../parts/searchParams.ts';

export const spans = ['24', '168', '720'] as const;

export const dashboardRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/',
  /** The last so many hours. */
  validateSearch: (search: Record<string, unknown>) => given({ hours: oneIn(search, 'hours', spans) }),
  component: lazyRouteComponent(() => import('./DashboardPage.tsx'), 'DashboardPage'),
});

export const dashboardRoutes = [dashboardRoute] as const;
