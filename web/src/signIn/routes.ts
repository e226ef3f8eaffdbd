/** Ways in, for people who are not signed in yet. */
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../app/routes.ts';
import { given, textIn } from '../parts/searchParams.ts';

export const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  /** `next`: where one wanted to go. */
  validateSearch: (search: Record<string, unknown>) => given({ next: textIn(search, 'next') }),
  component: lazyRouteComponent(() => import('./SignInPage.tsx'), 'SignInPage'),
});

export const signInRoutes = [signInRoute] as const;
