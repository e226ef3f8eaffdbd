import { checkId, type Draft, defineFormat, type Reading, readId } from './compose.ts';
import { at, isRecord, type JsonRecord, name, text, userOf } from './reader.ts';
import { severityOfWord } from './severity.ts';
import type { ParseContext } from './types.ts';

/**
 * The webhook of Prometheus Alertmanager (intake facts §3): one alert each for the entries of `alerts`. An alert that
 * is resolved has the fingerprint and the start of the one that fired, so it is an update of that one.
 */
export const alertmanager = defineFormat('alertmanager', readAlert, openEnvelope);

/** Said again by every single alert, or changed by its neighbours: kept out, so that a repeat stays a duplicate. */
const derivedMembers = new Set(['alerts', 'status', 'commonLabels', 'commonAnnotations', 'truncatedAlerts']);

/** Alerts that say by always firing that the monitoring itself works. */
const healthAlerts = new Set(['watchdog', 'deadmansswitch']);

/** A list may hold several envelopes, single alerts, or both. */
function openEnvelope(value: unknown): unknown[] | undefined {
  if (Array.isArray(value)) return value.flatMap((one) => openEnvelope(one) ?? [one]);
  const alerts = at(value, 'alerts');
  if (!isRecord(value) || !Array.isArray(alerts)) return undefined;
  const members = Object.entries(value).filter(([name]) => !derivedMembers.has(name));
  const envelope = Object.fromEntries(members);
  return alerts.map((alert) => (isRecord(alert) ? { alert, envelope } : alert));
}

function readAlert(record: JsonRecord, context: ParseContext): Reading {
  const alert = isRecord(record.alert) ? record.alert : record;
  const fingerprint = readId(alert, 'fingerprint');
  const startsAt = readId(alert, 'startsAt');
  const errors = [fingerprint, startsAt].flatMap((read) => ('errors' in read ? read.errors : []));
  if ('errors' in fingerprint || 'errors' in startsAt) return { errors };
  const key = checkId(`${fingerprint.id}:${startsAt.id}`, 'fingerprint');
  if ('errors' in key) return key;
  return { draft: draftOf(alert, record, key.id, context) };
}

function draftOf(alert: JsonRecord, record: JsonRecord, externalId: string, context: ParseContext): Draft {
  const label = (word: string) => name(alert, 'labels', word);
  const note = (word: string) => text(alert, 'annotations', word);
  const alertName = label('alertname');
  return {
    source: context.source ?? 'alertmanager',
    externalId,
    title: note('summary') ?? note('title') ?? alertName ?? `Alert ${externalId}`,
    severity: severityOfWord(label('severity')),
    organization: { externalId: label('organization') ?? label('customer') ?? label('tenant') },
    description: note('description') ?? note('message'),
    eventType: alertName,
    status: statusOf(name(alert, 'status')),
    occurredAt: name(alert, 'startsAt'),
    user: userOf(label('user')),
    device: { name: label('instance') ?? label('host') },
    incidentId: name(record, 'envelope', 'groupKey'),
    url: name(alert, 'generatorURL'),
    recommendedAction: note('runbook_url'),
    labels: labelsOf(alert, alertName),
  };
}

/** Every alert has its own status; one that says nothing fires. */
function statusOf(status: string | undefined): string {
  return status === undefined || status === 'firing' ? 'new' : status;
}

function labelsOf(alert: JsonRecord, alertName: string | undefined): Record<string, string> {
  const labels = at(alert, 'labels');
  const entries = Object.keys(isRecord(labels) ? labels : {}).flatMap((key): [string, string][] => {
    const value = text(labels, key);
    return value === undefined ? [] : [[key, value]];
  });
  const isHealth =
    healthAlerts.has(alertName?.toLowerCase() ?? '') && !entries.some(([key]) => key === 'kind');
  return Object.fromEntries(isHealth ? [...entries, ['kind', 'health']] : entries);
}
