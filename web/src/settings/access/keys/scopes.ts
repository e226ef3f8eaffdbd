import type { KeyScope } from '../queries.ts';

/** What a key may do, in words. */
export const keyScopes: readonly { value: KeyScope; label: string; means: string }[] = [
  {
    value: 'intake',
    label: 'Send alerts',
    means: 'For the system that your alerts come from. It reads nothing.',
  },
  {
    value: 'read',
    label: 'Read',
    means: 'Alerts, deliveries, organizations and settings, without their secrets.',
  },
  {
    value: 'admin',
    label: 'Everything',
    means: 'Works on deliveries, changes settings, people and keys. Keep such a key like a password.',
  },
];

export const scopeLabel = (scope: KeyScope): string =>
  keyScopes.find(({ value }) => value === scope)?.label ?? scope;
