import { checkId, type Draft, defineFormat, type Reading, readId } from './compose.ts';
import { domainOf, isAddress, type JsonRecord, list, name, text, userOf } from './reader.ts';
import { severityOfWord } from './severity.ts';
import type { ParseContext } from './types.ts';

/**
 * A Huntress incident report, as its API lists them (intake facts §3). The scale is low, high, critical. Incidents of
 * identities have no agent; whom they are about stands in the subject only.
 */
export const huntress = defineFormat('huntress', readReport);

function readReport(record: JsonRecord, context: ParseContext): Reading {
  const read = readId(record, 'id');
  if ('errors' in read) return read;
  const account = name(record, 'account_id');
  const key = checkId(account === undefined ? read.id : `${account}:${read.id}`, 'id');
  if ('errors' in key) return { ...key, externalId: read.id };
  return { draft: draftOf(record, key.id, context) };
}

function draftOf(record: JsonRecord, externalId: string, context: ParseContext): Draft {
  const agent = name(record, 'agent_id');
  const subject = text(record, 'subject');
  const about = subjectOf(subject ?? '');
  const isIdentity = agent === undefined && about !== undefined;
  const organization = name(record, 'organization_id');
  const email = isIdentity && isAddress(about) ? about : undefined;
  return {
    source: context.source ?? 'huntress',
    externalId,
    title: subject ?? text(record, 'summary') ?? `Incident report ${externalId}`,
    severity: severityOfWord(name(record, 'severity')),
    organization: organization === undefined ? { domain: domainOf(email) } : { externalId: organization },
    description: text(record, 'summary') ?? text(record, 'body'),
    eventType: name(list(record, 'indicator_types')[0]),
    status: name(record, 'status'),
    occurredAt: name(record, 'sent_at') ?? name(record, 'updated_at'),
    user: isIdentity ? userOf(about) : undefined,
    device: agent === undefined ? undefined : { name: about ?? `agent ${agent}` },
    application: name(record, 'platform'),
    url: name(record, 'url'),
    labels: { agentId: agent },
  };
}

/** The host or identity in `SEVERITY - Incident on HOST (ORGANIZATION)`; the dash may be a long one. */
function subjectOf(subject: string): string | undefined {
  const mark = 'incident on ';
  const start = subject.toLowerCase().indexOf(mark);
  if (start < 0) return undefined;
  const rest = subject.slice(start + mark.length);
  const end = rest.lastIndexOf(' (');
  return name((end < 0 ? rest : rest.slice(0, end)).trim());
}
