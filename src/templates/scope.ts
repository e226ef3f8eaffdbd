import type { Alert } from '../alerts/types.ts';

/** What templates see (decision 13, design §9). */
export interface TemplateScope {
  alert: Alert;
  organization: { name: string; externalRef: string };
}
