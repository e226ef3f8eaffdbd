import type { Severity } from '../alerts/types.ts';
import { checkId, type Draft, defineFormat, type Reading, readId } from './compose.ts';
import { type JsonRecord, list, name, number, text, userOf } from './reader.ts';
import { reading, type SeverityReading } from './severity.ts';
import type { ParseContext, WazuhBands } from './types.ts';

/**
 * A line of Wazuh's alerts.json, as its integrator sends it (intake facts §3, documentation.wazuh.com). The customer
 * is a label on the agent; an alert without it is unassigned, never dropped.
 */
export const wazuh = defineFormat('wazuh', readAlert);

/** The usual display: 0–3 informational, 4–6 low, 7–11 medium, 12–14 high, 15–16 critical (intake facts §1). */
export const defaultWazuhBands: WazuhBands = { low: 4, medium: 7, high: 12, critical: 15 };

/** The manager's own rules: agents that start, stop or disconnect, full queues. */
const healthGroup = 'wazuh';

function readAlert(record: JsonRecord, context: ParseContext): Reading {
  const read = readId(record, 'id');
  if ('errors' in read) return read;
  const manager = name(record, 'manager', 'name');
  const key = checkId(manager === undefined ? read.id : `${manager}:${read.id}`, 'id');
  if ('errors' in key) return { ...key, externalId: read.id };
  return { draft: draftOf(record, key.id, context) };
}

function draftOf(record: JsonRecord, externalId: string, context: ParseContext): Draft {
  const description = text(record, 'rule', 'description');
  const ruleId = name(record, 'rule', 'id');
  return {
    source: context.source ?? 'wazuh',
    externalId,
    title: description ?? (ruleId === undefined ? `Wazuh alert ${externalId}` : `Wazuh rule ${ruleId}`),
    severity: severityOf(record, context.wazuhBands ?? defaultWazuhBands),
    organization: { externalId: name(record, 'agent', 'labels', 'customer') },
    description: text(record, 'full_log'),
    eventType: ruleId,
    status: 'new',
    occurredAt: name(record, 'timestamp'),
    user: userOf(name(record, 'data', 'dstuser') ?? name(record, 'data', 'srcuser') ?? cloudUser(record)),
    device: { name: name(record, 'agent', 'name'), ip: name(record, 'agent', 'ip') },
    application: name(record, 'data', 'office365', 'Workload') ?? name(record, 'decoder', 'name'),
    ip: name(record, 'data', 'srcip') ?? name(record, 'data', 'office365', 'ClientIP'),
    rule: { id: ruleId, name: description },
    labels: { kind: isHealth(record) ? 'health' : undefined },
  };
}

function cloudUser(record: JsonRecord): string | undefined {
  return name(record, 'data', 'office365', 'UserId');
}

/** Levels are whole numbers from 0 to 16; anything else is unclear. */
function severityOf(record: JsonRecord, bands: WazuhBands): SeverityReading {
  const level = number(record, 'rule', 'level');
  const isLevel = level !== undefined && Number.isInteger(level) && level >= 0 && level <= 16;
  return reading(isLevel ? bandOf(level, bands) : undefined, name(record, 'rule', 'level') ?? '');
}

function bandOf(level: number, bands: WazuhBands): Severity {
  if (level >= bands.critical) return 'critical';
  if (level >= bands.high) return 'high';
  if (level >= bands.medium) return 'medium';
  return level >= bands.low ? 'low' : 'informational';
}

function isHealth(record: JsonRecord): boolean {
  return list(record, 'rule', 'groups').includes(healthGroup);
}
