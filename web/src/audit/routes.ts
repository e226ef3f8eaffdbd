import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../app/routes.ts';
import { given, oneIn, textIn } from '../parts/searchParams.ts';
import { kinds } from './kinds.ts';

export const auditRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/audit',
  /** `entry`: the one that is opened, by its number. */
  validateSearch: (search: Record<string, unknown>) =>
    given({
      q: textIn(search, 'q'),
      targetKind: oneIn(search, 'targetKind', kinds),
      targetId: textIn(search, 'targetId'),
      actorId: textIn(search, 'actorId'),
      from: textIn(search, 'from'),
      to: textIn(search, 'to'),
      entry: textIn(search, 'entry'),
    }),
  component: lazyRouteComponent(() => import('./AuditPage.tsx'), 'AuditPage'),
});

export const auditRoutes = [auditRoute] as const;
