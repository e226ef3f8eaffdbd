/** The documented fields that a template may name (decision 13, design §9), as data: help, check and grouping read it. */
import type { TemplateScope } from './scope.ts';

/** One field of the list. `read` answers the value as it came, or undefined when the alert does not have it. */
export interface TemplateField {
  path: string;
  /** What the field is, in words that fit after "the same": "user", "rule". */
  label: string;
  example: string;
  /** Names one alert only: a template that uses it switches grouping off. */
  identifiesSingleAlert?: true;
  /** A time: may be shown, never counts in grouping. */
  isTime?: true;
  read(scope: TemplateScope): string | undefined;
}

/** All fields but the labels, which {@link findTemplateField} makes by name. */
export const templateFields: readonly TemplateField[] = [
  field('alert.title', 'title', 'Sign-in outside approved location', (s) => s.alert.title),
  field('alert.source', 'source', 'saasalerts', (s) => s.alert.source),
  {
    ...field('alert.externalId', 'id of the alert', 'evt-0001', (s) => s.alert.externalId),
    identifiesSingleAlert: true,
  },
  field('alert.incidentId', 'incident', '4411', (s) => s.alert.incidentId),
  field('alert.eventType', 'event type', 'iam.outside_location', (s) => s.alert.eventType),
  field('alert.severity', 'severity', 'critical', (s) => s.alert.severity),
  field('alert.status', 'status', 'new', (s) => s.alert.status),
  field('alert.description', 'description', 'Signed in from a new country', (s) => s.alert.description),
  field(
    'alert.recommendedAction',
    'recommended action',
    'Reset the password',
    (s) => s.alert.recommendedAction,
  ),
  field('alert.user.email', 'user', 'ana@northwind.example', (s) => s.alert.user?.email),
  field('alert.user.name', 'user name', 'Ana Lima', (s) => s.alert.user?.name),
  field('alert.device.name', 'device', 'web-1', (s) => s.alert.device?.name),
  field('alert.device.ip', 'device address', '10.0.0.5', (s) => s.alert.device?.ip),
  field('alert.application', 'application', 'Microsoft 365', (s) => s.alert.application),
  field('alert.ip', 'address', '203.0.113.9', (s) => s.alert.ip),
  field('alert.location.country', 'country', 'PT', (s) => s.alert.location?.country),
  field('alert.location.city', 'city', 'Porto', (s) => s.alert.location?.city),
  field('alert.rule.kind', 'kind of rule', 'respond', (s) => s.alert.rule?.kind),
  field('alert.rule.id', 'rule id', 'rr-5', (s) => s.alert.rule?.id),
  field('alert.rule.name', 'rule', 'New inbox rule after odd sign-in', (s) => s.alert.rule?.name),
  {
    ...field('alert.url', 'link of the alert', 'https://edr.example/alerts/1', (s) => s.alert.url),
    identifiesSingleAlert: true,
  },
  {
    ...field('alert.occurredAt', 'time', '2026-11-20T02:14:05Z', (s) => s.alert.occurredAt),
    isTime: true,
  },
  field(
    'alert.organization.externalId',
    "sender's id of the organization",
    'org-17',
    (s) => s.alert.organization?.externalId,
  ),
  field(
    'alert.organization.domain',
    "sender's domain of the organization",
    'northwind.example',
    (s) => s.alert.organization?.domain,
  ),
  field(
    'alert.organization.tenantId',
    "sender's tenant id of the organization",
    '11111111-2222-3333-4444-555555555555',
    (s) => s.alert.organization?.tenantId,
  ),
  field(
    'alert.organization.name',
    "sender's name of the organization",
    'Northwind Dental',
    (s) => s.alert.organization?.name,
  ),
  field('organization.name', 'organization', 'Northwind Dental', (s) => s.organization.name),
  field(
    'organization.externalRef',
    'reference of the organization',
    'org-17',
    (s) => s.organization.externalRef,
  ),
];

/** Labels carry any name; these three would read JavaScript's own members in a careless reader (promises I-6). */
const refusedLabelNames = new Set(['__proto__', 'constructor', 'prototype']);
const labelPrefix = 'alert.labels.';
const byPath = new Map(templateFields.map((one) => [one.path, one]));

/** The field of a path as an operator writes it, or undefined when the list has none. */
export function findTemplateField(path: string): TemplateField | undefined {
  const known = byPath.get(path);
  if (known) return known;
  if (!path.startsWith(labelPrefix)) return undefined;
  const name = path.slice(labelPrefix.length);
  if (name === '' || name.includes('.') || refusedLabelNames.has(name)) return undefined;
  return field(path, `label ${name}`, 'v', (scope) => readLabel(scope, name));
}

function readLabel({ alert }: TemplateScope, name: string): string | undefined {
  return alert.labels && Object.hasOwn(alert.labels, name) ? alert.labels[name] : undefined;
}

function field(path: string, label: string, example: string, read: TemplateField['read']): TemplateField {
  return { path, label, example, read };
}
