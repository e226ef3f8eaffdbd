/** Ways in, for people who are not signed in yet. */
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../app/routes.ts';
import { given, oneIn, textIn } from '../parts/searchParams.ts';

/** Why nobody was signed in by a single sign-on; the page has the words (refusalInWords.ts). */
export const signOnRefusals = [
  'unreachable',
  'tooLate',
  'notProven',
  'declined',
  'unknown',
  'noWorkspace',
  'noEmail',
  'addressTaken',
  'invitationGone',
  'invitationVoid',
] as const;
export type SignOnRefusal = (typeof signOnRefusals)[number];

export const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  /** `next`: where one wanted to go. `refused`: why a single sign-on has come back without success. */
  validateSearch: (search: Record<string, unknown>) =>
    given({ next: textIn(search, 'next'), refused: oneIn(search, 'refused', signOnRefusals) }),
  component: lazyRouteComponent(() => import('./SignInPage.tsx'), 'SignInPage'),
});

export const firstAdministratorRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/first-administrator/$token',
  component: lazyRouteComponent(() => import('./FirstAdministratorPage.tsx'), 'FirstAdministratorPage'),
});

export const invitationRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/invitations/$token',
  component: lazyRouteComponent(() => import('./InvitationPage.tsx'), 'InvitationPage'),
});

export const signInRoutes = [signInRoute, firstAdministratorRoute, invitationRoute] as const;
