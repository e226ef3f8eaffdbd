import { type Draft, defineFormat, type Reading, readId } from './compose.ts';
import { at, first, isAddress, isRecord, type JsonRecord, list, name, text } from './reader.ts';
import { readRiskDetection } from './riskDetection.ts';
import { severityOfWord } from './severity.ts';
import type { ParseContext } from './types.ts';

/**
 * Microsoft Graph security alerts, resource `alerts_v2` (intake facts §3, microsoft-graph-docs-contrib), single, as a
 * list, or as Graph answers them: `{"value": […]}`. Entra risk detections are told by their `riskEventType`.
 */
export const graph = defineFormat('graph', readAlert, (value) => {
  const records = at(value, 'value');
  return Array.isArray(records) && at(value, 'id') === undefined ? records : undefined;
});

function readAlert(record: JsonRecord, context: ParseContext): Reading {
  const read = readId(record, 'id');
  if ('errors' in read) return read;
  const isRisk = name(record, 'riskEventType') !== undefined;
  return { draft: isRisk ? readRiskDetection(record, read.id, context) : draftOf(record, read.id, context) };
}

function draftOf(record: JsonRecord, id: string, context: ParseContext): Draft {
  const status = name(record, 'status');
  const detected = name(record, 'createdDateTime');
  const cloudApplication = evidenceOf(record, 'cloudApplicationEvidence');
  return {
    source: context.source ?? 'graph',
    externalId: id,
    title:
      text(record, 'title') ?? text(record, 'threatDisplayName') ?? name(record, 'category') ?? `Alert ${id}`,
    severity: severityOfWord(name(record, 'severity')),
    organization: { tenantId: name(record, 'tenantId') },
    description: text(record, 'description'),
    eventType: name(record, 'category'),
    status,
    occurredAt: name(record, 'firstActivityDateTime') ?? detected,
    user: userOfEvidence(evidenceOf(record, 'userEvidence')),
    device: deviceOfEvidence(evidenceOf(record, 'deviceEvidence')),
    application: name(cloudApplication, 'displayName'),
    ip: name(evidenceOf(record, 'ipEvidence'), 'ipAddress'),
    incidentId: name(record, 'incidentId'),
    url: name(record, 'alertWebUrl') ?? name(record, 'incidentWebUrl'),
    recommendedAction: text(record, 'recommendedActions'),
    labels: { product: name(record, 'serviceSource') },
  };
}

/** Evidence says its kind at the end of `@odata.type`, as in `#microsoft.graph.security.userEvidence`. */
function evidenceOf(record: JsonRecord, kind: string): JsonRecord | undefined {
  return first(list(record, 'evidence'), (one) => name(one, '@odata.type')?.endsWith(`.${kind}`) === true);
}

function userOfEvidence(evidence: JsonRecord | undefined): Draft['user'] {
  const account = at(evidence, 'userAccount');
  if (!isRecord(account)) return undefined;
  const principal = name(account, 'userPrincipalName');
  const isEmail = principal !== undefined && isAddress(principal);
  const called = name(account, 'displayName') ?? name(account, 'accountName');
  return { email: isEmail ? principal : undefined, name: called ?? (isEmail ? undefined : principal) };
}

function deviceOfEvidence(evidence: JsonRecord | undefined): Draft['device'] {
  return {
    name: name(evidence, 'deviceDnsName') ?? name(evidence, 'hostName'),
    ip: name(evidence, 'lastIpAddress') ?? name(evidence, 'lastExternalIpAddress'),
  };
}
