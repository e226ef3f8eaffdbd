/** Settings: how alerts can be delivered, who may do what, the workspace. */
import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { shellRoute } from '../app/routes.ts';
import { severities } from '../parts/Severity.tsx';
import { given, oneIn, textIn } from '../parts/searchParams.ts';

const settingsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/settings',
  beforeLoad: () => {
    throw redirect({ to: '/settings/psa', replace: true });
  },
});

export const emailTabs = ['recipients', 'content', 'servers', 'test'] as const;

/** `email`: the part of E-mail that is shown; `recipient`: the one that is being changed, or `new`. */
export const psaRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/settings/psa',
  validateSearch: (search: Record<string, unknown>) =>
    given({ email: oneIn(search, 'email', emailTabs), recipient: textIn(search, 'recipient') }),
  component: lazyRouteComponent(() => import('./psa/PsaPage.tsx'), 'PsaPage'),
});

export const addPsaRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/settings/psa/add',
  component: lazyRouteComponent(() => import('./psa/AddPsaPage.tsx'), 'AddPsaPage'),
});

/** The filters of all recipients stand in the address too. */
export const recipientsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/settings/psa/recipients',
  validateSearch: (search: Record<string, unknown>) =>
    given({
      q: textIn(search, 'q'),
      list: oneIn(search, 'list', ['global', 'organization'] as const),
      organizationId: textIn(search, 'organizationId'),
      severity: oneIn(search, 'severity', severities),
      stopped: oneIn(search, 'stopped', ['true'] as const),
      reviewDue: oneIn(search, 'reviewDue', ['true'] as const),
      recipient: textIn(search, 'recipient'),
    }),
  component: lazyRouteComponent(() => import('./email/RecipientsPage.tsx'), 'RecipientsPage'),
});

export const importRecipientsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/settings/psa/recipients/import',
  component: lazyRouteComponent(() => import('./email/ImportPage.tsx'), 'ImportPage'),
});

export const reviewsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/settings/reviews',
  component: lazyRouteComponent(() => import('./email/reviews/ReviewsPage.tsx'), 'ReviewsPage'),
});

export const wizardSteps = ['credentials', 'accounts', 'tickets', 'contracts', 'finish'] as const;
export type WizardStep = (typeof wizardSteps)[number];

/** The filters of the mapping table stand in the address too. */
export const wizardRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/settings/psa/$connectionId',
  validateSearch: (search: Record<string, unknown>) =>
    given({
      step: oneIn(search, 'step', wizardSteps),
      q: textIn(search, 'q'),
      show: oneIn(search, 'show', ['open', 'mapped', 'suggested'] as const),
      filters: textIn(search, 'filters'),
      ignored: oneIn(search, 'ignored', ['shown'] as const),
    }),
  component: lazyRouteComponent(() => import('./wizard/WizardPage.tsx'), 'WizardPage'),
});

export const accessRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/settings/access',
  validateSearch: (search: Record<string, unknown>) =>
    given({ tab: oneIn(search, 'tab', ['people', 'keys', 'sign-on'] as const) }),
  component: lazyRouteComponent(() => import('./access/AccessPage.tsx'), 'AccessPage'),
});

export const workspaceRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/settings/workspace',
  component: lazyRouteComponent(() => import('./workspace/WorkspacePage.tsx'), 'WorkspacePage'),
});

export const profileRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/settings/profile',
  component: lazyRouteComponent(() => import('./profile/ProfilePage.tsx'), 'ProfilePage'),
});

export const settingsRoutes = [
  settingsRoute,
  psaRoute,
  addPsaRoute,
  recipientsRoute,
  importRecipientsRoute,
  reviewsRoute,
  wizardRoute,
  accessRoute,
  workspaceRoute,
  profileRoute,
] as const;
