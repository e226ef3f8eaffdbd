/** What templates see for an alert of an organization, or of none (decision 22). */
import type { Alert } from '../alerts/types.ts';
import type { TemplateScope } from '../templates/index.ts';
import { senderReferences } from './organizations.ts';
import type { Organization } from './types.ts';

/** For an unassigned alert the sender's words stand in: its name for the organization, else its first reference. */
export function templateScope(alert: Alert, organization: Organization | undefined): TemplateScope {
  if (organization) {
    const { name, references } = organization;
    const externalRef = (references.find(({ kind }) => kind === 'id') ?? references[0])?.value ?? '';
    return { alert, organization: { name, externalRef } };
  }
  const reference = senderReferences(alert)[0]?.value ?? '';
  return { alert, organization: { name: alert.organization?.name || reference, externalRef: reference } };
}
