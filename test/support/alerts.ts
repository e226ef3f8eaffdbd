import type { Alert } from '../../src/alerts/types.ts';

let counter = 0;

/** An alert that differs from all others unless told otherwise. */
export function anAlert(members: Partial<Alert> = {}): Alert {
  counter += 1;
  return {
    source: 'edr',
    externalId: `evt-${counter}`,
    title: 'Impossible travel',
    severity: 'high',
    originalSeverity: 'high',
    status: 'new',
    user: { email: `user${counter}@northwind.example` },
    organization: { externalId: 'org-17' },
    flags: [],
    ...members,
  };
}

/** An alert of one and the same user: with the usual subject, all of them share a ticket. */
export const ofAna = (members: Partial<Alert> = {}): Alert =>
  anAlert({ user: { email: 'ana@northwind.example' }, ...members });
