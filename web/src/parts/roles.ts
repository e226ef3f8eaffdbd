/** The three roles, in words. */
import type { Role } from '../api/session.ts';

export const roles: readonly { value: Role; label: string; means: string }[] = [
  { value: 'viewer', label: 'Viewer', means: 'sees everything and changes nothing.' },
  {
    value: 'operator',
    label: 'Operator',
    means: 'does the daily work (retry, discard, pause, resume, test tickets) and changes no settings.',
  },
  { value: 'admin', label: 'Administrator', means: 'does everything, people and keys included.' },
];

const of = (role: Role) => roles.find(({ value }) => value === role) ?? roles[0]!;

/** "Viewer". */
export const roleLabel = (role: Role): string => of(role).label;

/** "a viewer, who sees everything and changes nothing." */
export function roleInSentence(role: Role): string {
  const { label, means } = of(role);
  return `${/^[AEIOU]/.test(label) ? 'an' : 'a'} ${label.toLowerCase()}, who ${means}`;
}
