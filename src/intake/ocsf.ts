import type { AlertFlag, Severity } from '../alerts/types.ts';
import { checkId, type Draft, defineFormat, type Reading, readId, refused } from './compose.ts';
import { findDevice, findIp, findLocation, findUser } from './ocsfSubjects.ts';
import { at, domainOf, first, type JsonRecord, list, name, number, text } from './reader.ts';
import { reading, type SeverityReading, severityOfWord } from './severity.ts';
import type { FieldError, ParseContext } from './types.ts';

/**
 * OCSF Detection Finding (class 2004) and Incident Finding (class 2005), read at 1.9.0-dev (intake facts §3,
 * ocsf/ocsf-schema). Findings are mutable: an update or a close carries the uid of the first.
 */
export const ocsf = defineFormat('ocsf', readFinding);

const detectionFinding = 2004;
const incidentFinding = 2005;
const testVerdict = 6;

const severityIds: Record<number, Severity> = {
  1: 'informational',
  2: 'low',
  3: 'medium',
  4: 'high',
  5: 'critical',
  6: 'critical',
};
const activities: Record<number, string> = { 1: 'new', 2: 'updated', 3: 'resolved' };
const statuses: Record<number, string> = {
  1: 'new',
  2: 'inProgress',
  3: 'suppressed',
  4: 'resolved',
  5: 'archived',
  6: 'deleted',
};

function readFinding(record: JsonRecord, context: ParseContext): Reading {
  const classUid = classOf(record);
  if (classUid !== detectionFinding && classUid !== incidentFinding)
    return { errors: [wrongClass(classUid)] };
  const read = readUid(record, classUid);
  if ('errors' in read) return read;
  const flags: AlertFlag[] = number(record, 'verdict_id') === testVerdict ? ['test'] : [];
  return { draft: draftOf(record, classUid, read.id, context), flags };
}

/** Some exporters leave out `class_uid`; then it is in `type_uid` (class × 100 + activity). */
function classOf(record: JsonRecord): number | undefined {
  const typeUid = number(record, 'type_uid');
  return number(record, 'class_uid') ?? (typeUid === undefined ? undefined : Math.floor(typeUid / 100));
}

function wrongClass(classUid: number | undefined): FieldError {
  if (classUid === undefined)
    return refused('class_uid', 'required', 'class_uid is missing or is no number.');
  const message = `class_uid must be 2004 (Detection Finding) or 2005 (Incident Finding); class ${classUid} is not taken.`;
  return refused('class_uid', 'invalidValue', message);
}

/** An incident finding lists findings and names itself in its metadata. */
function readUid(record: JsonRecord, classUid: number): ReturnType<typeof readId> {
  const own = name(record, 'finding_info', 'uid');
  const inMetadata = classUid === incidentFinding ? name(record, 'metadata', 'uid') : undefined;
  if (own === undefined && inMetadata !== undefined) return checkId(inMetadata, 'metadata.uid');
  return readId(record, 'finding_info', 'uid');
}

function draftOf(record: JsonRecord, classUid: number, uid: string, context: ParseContext): Draft {
  const user = findUser(record);
  const info = at(record, 'finding_info');
  return {
    source: context.source ?? 'ocsf',
    externalId: uid,
    title: titleOf(record, classUid, uid),
    severity: severityOf(record),
    organization: organizationOf(record, user?.email),
    description: text(info, 'desc') ?? text(record, 'message') ?? text(record, 'desc'),
    eventType: name(list(info, 'types')[0]) ?? name(info, 'analytic', 'name'),
    status: statusOf(record),
    occurredAt: timeOf(record),
    user,
    device: findDevice(record),
    ip: findIp(record),
    location: findLocation(record),
    rule: { id: name(info, 'analytic', 'uid'), name: name(info, 'analytic', 'name') },
    events: list(record, 'finding_info_list').map((finding) => ({
      type: name(list(finding, 'types')[0]),
      summary: text(finding, 'title'),
    })),
    incidentId: classUid === incidentFinding ? uid : relatedIncident(info),
    url: name(info, 'src_url') ?? name(record, 'src_url'),
    recommendedAction: text(record, 'remediation', 'desc'),
    labels: { product: name(record, 'metadata', 'product', 'name') },
  };
}

function titleOf(record: JsonRecord, classUid: number, uid: string): string {
  const given = text(record, 'finding_info', 'title') ?? text(record, 'message') ?? text(record, 'desc');
  const kind = classUid === incidentFinding ? 'Incident finding' : 'Detection finding';
  return given ?? text(record, 'finding_info', 'analytic', 'name') ?? `${kind} ${uid}`;
}

/** 0 is unknown and 99 other: medium, unclear. A finding without the id may still have the word. */
function severityOf(record: JsonRecord): SeverityReading {
  const id = name(record, 'severity_id');
  return id === undefined ? severityOfWord(name(record, 'severity')) : reading(severityIds[Number(id)], id);
}

function statusOf(record: JsonRecord): string | undefined {
  const typeUid = number(record, 'type_uid');
  const activity = number(record, 'activity_id') ?? (typeUid === undefined ? undefined : typeUid % 100);
  const status = number(record, 'status_id');
  return activities[activity ?? 0] ?? statuses[status ?? 0] ?? name(record, 'status');
}

const guid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** A tenant uid with the look of a directory's id is tried as such, too. */
function organizationOf(record: JsonRecord, email: string | undefined): Draft['organization'] {
  const tenant = name(record, 'metadata', 'tenant_uid');
  if (tenant === undefined) return { domain: domainOf(email) };
  return { externalId: tenant, tenantId: guid.test(tenant) ? tenant : undefined };
}

/** Times are milliseconds since 1970; shown in ISO form where that is possible. */
function timeOf(record: JsonRecord): string | undefined {
  const time = number(record, 'time');
  const date = new Date(time ?? Number.NaN);
  if (Number.isNaN(date.getTime())) return name(record, 'time') ?? name(record, 'time_dt');
  return date.toISOString();
}

function relatedIncident(info: unknown): string | undefined {
  const isIncident = (related: JsonRecord) =>
    Math.floor((number(related, 'type_uid') ?? 0) / 100) === incidentFinding ||
    number(related, 'class_uid') === incidentFinding;
  return name(first(list(info, 'related_events'), isIncident), 'uid');
}
