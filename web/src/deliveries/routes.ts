import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../app/routes.ts';
import { deliveryStates } from '../parts/StateBadge.tsx';
import { given, oneIn, textIn } from '../parts/searchParams.ts';

export const deliveriesRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/deliveries',
  /** `cause`: the one that is opened. */
  validateSearch: (search: Record<string, unknown>) =>
    given({
      cause: textIn(search, 'cause'),
      state: oneIn(search, 'state', deliveryStates),
      connectionId: textIn(search, 'connectionId'),
    }),
  component: lazyRouteComponent(() => import('./DeliveriesPage.tsx'), 'DeliveriesPage'),
});

export const deliveryRoutes = [deliveriesRoute] as const;
