/** All addresses, area by area. */
import type { QueryClient } from '@tanstack/react-query';
import { createRouter, parseSearchWith, stringifySearchWith } from '@tanstack/react-router';
import { alertRoutes } from '../alerts/routes.ts';
import { auditRoutes } from '../audit/routes.ts';
import { dashboardRoutes } from '../dashboard/routes.ts';
import { deliveryRoutes } from '../deliveries/routes.ts';
import { organizationRoutes } from '../organizations/routes.ts';
import { ProblemPage } from '../parts/ProblemPage.tsx';
import { Skeletons } from '../parts/Skeletons.tsx';
import { settingsRoutes } from '../settings/routes.ts';
import { signInRoutes } from '../signIn/routes.ts';
import { rootRoute, shellRoute } from './routes.ts';

const routeTree = rootRoute.addChildren([
  ...signInRoutes,
  shellRoute.addChildren([
    ...dashboardRoutes,
    ...alertRoutes,
    ...deliveryRoutes,
    ...organizationRoutes,
    ...settingsRoutes,
    ...auditRoutes,
  ]),
]);

export const makeRouter = (queryClient: QueryClient) =>
  createRouter({
    routeTree,
    context: { queryClient },
    // Plain texts: `?hours=168` stands in the address as it is said.
    parseSearch: parseSearchWith((text) => text),
    stringifySearch: stringifySearchWith(String),
    defaultPreload: 'intent',
    defaultPendingComponent: Skeletons,
    defaultErrorComponent: ProblemPage,
    scrollRestoration: true,
  });

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
