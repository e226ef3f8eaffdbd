/** The root of all addresses, and the part of them that is for people who are signed in. */
import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext, createRoute, Outlet, redirect } from '@tanstack/react-router';
import { sessionQuery } from '../api/session.ts';
import { NotFound } from '../parts/NotFound.tsx';
import { Shell } from './Shell.tsx';

export const rootRoute = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  component: Outlet,
  notFoundComponent: NotFound,
});

/** Everything below needs a session; whoever has none signs in first and comes back to where they wanted to go. */
export const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'shell',
  beforeLoad: async ({ context, location }) => {
    const { signedIn } = await context.queryClient.ensureQueryData(sessionQuery);
    if (!signedIn) throw redirect({ to: '/sign-in', search: { next: location.href } });
  },
  component: Shell,
});
