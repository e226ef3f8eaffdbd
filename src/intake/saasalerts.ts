import type { AlertEvent } from '../alerts/types.ts';
import {
  type Draft,
  defineFormat,
  maxEvents,
  maxSourceLength,
  type Reading,
  readId,
  refused,
} from './compose.ts';
import { at, isAddress, isRecord, type JsonRecord, list, name, text, userOf } from './reader.ts';
import { severityOfWord } from './severity.ts';
import type { ParseContext } from './types.ts';

/**
 * SaaS Alerts, in both forms (intake facts §3): a single event with `eventId`, and what a respond or IOC rule made of
 * several events, with `alertId`, the rule and the events. The field names of the first are probable, not certain.
 */
export const saasalerts = defineFormat('saasalerts', readAlert);

function readAlert(record: JsonRecord, context: ParseContext): Reading {
  const isRuleAlert = name(record, 'eventId') === undefined && at(record, 'alertId') !== undefined;
  const read = readId(record, isRuleAlert ? 'alertId' : 'eventId');
  if ('errors' in read) return read;
  if (list(record, 'events').length > maxEvents) {
    const most = maxEvents.toLocaleString('en');
    return {
      errors: [refused('events', 'tooBig', `events has more than ${most} entries.`)],
      externalId: read.id,
    };
  }
  return { draft: draftOf(record, read.id, context) };
}

function draftOf(record: JsonRecord, externalId: string, context: ParseContext): Draft {
  const events = list(record, 'events');
  const eventType = name(record, 'eventType') ?? name(events[0], 'type') ?? name(events[0], 'eventType');
  const place = at(record, 'details');
  return {
    source: sourceOf(record, context),
    externalId,
    title: titleOf(record, eventType, externalId),
    severity: severityOfWord(name(record, 'alertStatus') ?? name(record, 'severity')),
    organization: organizationOf(record),
    description: text(record, 'description'),
    eventType,
    status: 'new',
    occurredAt: name(record, 'timestamp') ?? name(events[0], 'at') ?? name(events[0], 'timestamp'),
    user: userOfRecord(record),
    application: name(record, 'application'),
    ip: name(record, 'sourceIp'),
    location: { country: name(place, 'country'), city: name(place, 'city') },
    rule: ruleOf(record),
    events: events.map(eventOf),
    url: name(record, 'url'),
    labels: { kind: isHealth(eventType) ? 'health' : undefined },
  };
}

function sourceOf(record: JsonRecord, context: ParseContext): string {
  const own = name(record, 'source');
  return context.source ?? (own !== undefined && own.length <= maxSourceLength ? own : 'saasalerts');
}

function titleOf(record: JsonRecord, eventType: string | undefined, externalId: string): string {
  const given = text(record, 'jointDesc') ?? text(record, 'title') ?? text(record, 'rule', 'name');
  return given ?? eventType ?? `Alert ${externalId}`;
}

/** The name finds an organization only where it is registered (design §9). */
function organizationOf(record: JsonRecord): Draft['organization'] {
  return {
    externalId: name(record, 'customerId') ?? name(record, 'org'),
    domain: name(record, 'customerDomain'),
    name: name(record, 'customerName'),
  };
}

/** `userId` is a user only when it is an address; other ids say nothing to people and stay in `raw`. */
function userOfRecord(record: JsonRecord): Draft['user'] {
  const id = name(record, 'userId');
  return id !== undefined && isAddress(id) ? { email: id } : userOf(name(record, 'user'));
}

function ruleOf(record: JsonRecord): Draft['rule'] {
  const rule = at(record, 'rule');
  if (!isRecord(rule)) return undefined;
  return { kind: name(rule, 'kind')?.toLowerCase(), id: name(rule, 'id'), name: name(rule, 'name') };
}

function eventOf(event: unknown): AlertEvent {
  const type = name(event, 'type') ?? name(event, 'eventType');
  const time = name(event, 'at') ?? name(event, 'timestamp');
  const summary = text(event, 'summary') ?? text(event, 'jointDesc');
  return {
    ...(type !== undefined && { type }),
    ...(time !== undefined && { at: time }),
    ...(summary !== undefined && { summary }),
  };
}

/** The product's own trouble: a token that cannot be refreshed must also become a ticket (intake facts §3). */
function isHealth(eventType: string | undefined): boolean {
  const word = eventType?.toLowerCase() ?? '';
  return word.includes('health') || (word.includes('token') && word.includes('refresh'));
}
