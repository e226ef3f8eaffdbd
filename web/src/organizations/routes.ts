import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../app/routes.ts';
import { given, oneIn, textIn } from '../parts/searchParams.ts';

export const organizationsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/organizations',
  validateSearch: (search: Record<string, unknown>) =>
    given({
      q: textIn(search, 'q'),
      connectionId: textIn(search, 'connectionId'),
      enabled: oneIn(search, 'enabled', ['true', 'false'] as const),
      /** A new one is being made. */
      add: oneIn(search, 'add', ['yes'] as const),
    }),
  component: lazyRouteComponent(() => import('./OrganizationsPage.tsx'), 'OrganizationsPage'),
});

export const unassignedRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/organizations/unassigned',
  /** `reference`: the one that is being assigned. */
  validateSearch: (search: Record<string, unknown>) => given({ reference: textIn(search, 'reference') }),
  component: lazyRouteComponent(() => import('./UnassignedPage.tsx'), 'UnassignedPage'),
});

export const importRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/organizations/import',
  component: lazyRouteComponent(() => import('./ImportPage.tsx'), 'ImportPage'),
});

export const organizationTabs = ['general', 'settings'] as const;

export const organizationRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/organizations/$organizationId',
  /** `recipient`: the one that is being changed, or `new`. */
  validateSearch: (search: Record<string, unknown>) =>
    given({ tab: oneIn(search, 'tab', organizationTabs), recipient: textIn(search, 'recipient') }),
  component: lazyRouteComponent(() => import('./OrganizationPage.tsx'), 'OrganizationPage'),
});

export const organizationRoutes = [
  organizationsRoute,
  unassignedRoute,
  importRoute,
  organizationRoute,
] as const;
