import type { Draft } from './compose.ts';
import { domainOf, type JsonRecord, name, userOf } from './reader.ts';
import { severityOfWord } from './severity.ts';
import type { ParseContext } from './types.ts';

/**
 * An Entra risk detection (intake facts §3, learn.microsoft.com riskDetection). It names no tenant, so the
 * organization is found by the user's domain. Directories without a licence show every kind as `generic`.
 */
export function readRiskDetection(record: JsonRecord, id: string, context: ParseContext): Draft {
  const kind = name(record, 'riskEventType');
  const principal = name(record, 'userPrincipalName');
  const detail = name(record, 'riskDetail');
  return {
    source: context.source ?? 'graph',
    externalId: id,
    title: `Risk detection: ${kind}${principal === undefined ? '' : ` (${principal})`}`,
    severity: severityOfWord(name(record, 'riskLevel')),
    organization: { domain: domainOf(principal), tenantId: name(record, 'tenantId') },
    description: detail === 'none' ? undefined : detail,
    eventType: kind,
    status: name(record, 'riskState'),
    occurredAt: name(record, 'activityDateTime') ?? name(record, 'detectedDateTime'),
    user: userOf(principal),
    ip: name(record, 'ipAddress'),
    location: {
      country: name(record, 'location', 'countryOrRegion'),
      city: name(record, 'location', 'city'),
    },
    incidentId: name(record, 'correlationId'),
  };
}
