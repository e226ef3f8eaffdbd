/**
 * Which alerts share a ticket (decision 13). The key is made of the values of the fields that the subject names, never
 * of the rendered text. Connection, account and organization belong to the ticket group beside this key.
 */
import { hash } from 'node:crypto';
import {
  oneLine,
  storedTemplate,
  type TemplateField,
  type TemplateScope,
  truncate,
} from '../templates/index.ts';
import type { Grouping } from './types.ts';

/** Longest value shown in the words, in UTF-16 units. */
const maxShown = 60;

/**
 * Groups an alert under a subject template. `organizationKey` is the organization's id, or the key of the sender's
 * reference for an unassigned alert; without either the alert stands alone, so that strangers never share a ticket.
 */
export function groupAlert(
  subject: string,
  scope: TemplateScope,
  organizationKey: string | undefined,
): Grouping {
  const fields = storedTemplate(subject)?.fields;
  if (organizationKey === undefined) {
    return alone(
      scope,
      `none|${scope.alert.source}`,
      'This alert names no organization, so it stands alone.',
    );
  }
  if (!fields)
    return alone(scope, organizationKey, 'The subject cannot be read, so each alert stands alone.');
  const single = fields.find(({ identifiesSingleAlert }) => identifiesSingleAlert);
  if (single) {
    return alone(
      scope,
      organizationKey,
      `The subject names the ${single.label}: each alert gets its own ticket.`,
    );
  }
  const values = namedValues(fields, scope, organizationKey);
  if (values.length === 0)
    return alone(
      scope,
      organizationKey,
      'The subject names no field that groups: each alert gets its own ticket.',
    );
  if (values.every(({ value }) => value.trim() === '')) {
    return alone(
      scope,
      organizationKey,
      'All fields of the subject are empty here, so this alert stands alone.',
    );
  }
  return { key: groupKey(values), organizationKey, alone: false, words: sharedWords(values, scope) };
}

/** The grouping of a subject in words, without an alert; undefined when the template is not acceptable. */
export function explainGrouping(subject: string): string | undefined {
  const fields = storedTemplate(subject)?.fields;
  if (!fields) return undefined;
  const single = fields.find(({ identifiesSingleAlert }) => identifiesSingleAlert);
  if (single) return `Each alert gets its own ticket, because the subject names the ${single.label}.`;
  const counting = fields.filter(({ isTime }) => !isTime);
  if (counting.length === 0)
    return 'Each alert gets its own ticket, because the subject names no field that groups.';
  const labels = counting.filter((field) => !isOrganization(field)).map(({ label }) => label);
  if (labels.length === 0) return 'All alerts of an organization share a ticket.';
  return `Alerts of an organization with the same ${joinWords(labels)} share a ticket.`;
}

interface NamedValue {
  field: TemplateField;
  /** NFC, letter case kept (promises I-30); empty when the alert does not have it. */
  value: string;
}

function namedValues(
  fields: readonly TemplateField[],
  scope: TemplateScope,
  organizationKey: string,
): NamedValue[] {
  const values: NamedValue[] = [];
  for (const field of fields) {
    if (field.isTime) continue;
    // The organization counts by its identity: renaming it must not split its tickets, nor a sender's spelling.
    const value = isOrganization(field) ? organizationKey : (field.read(scope) ?? '').normalize('NFC');
    values.push({ field, value });
  }
  return values;
}

/** Each part says its own length, so no value can imitate another's border. */
function groupKey(values: readonly NamedValue[]): Uint8Array {
  let text = 'values;';
  for (const { field, value } of values) text += `${part(field.path)}${part(value)}`;
  return hash('sha256', text, 'buffer');
}

function alone(scope: TemplateScope, organizationKey: string, words: string): Grouping {
  const { source, externalId } = scope.alert;
  const identity = `alert;${part(source.normalize('NFC'))}${part(externalId.normalize('NFC'))}`;
  return { key: hash('sha256', identity, 'buffer'), organizationKey, alone: true, words };
}

function part(text: string): string {
  return `${text.length}:${text};`;
}

function isOrganization({ path }: TemplateField): boolean {
  return path.startsWith('organization.');
}

function sharedWords(values: readonly NamedValue[], scope: TemplateScope): string {
  const whose = oneLine(truncate(scope.organization.name, maxShown));
  const same = values.filter(({ field }) => !isOrganization(field)).map(valueInWords);
  if (same.length === 0) return `All alerts of ${whose} share a ticket.`;
  return `Alerts of ${whose} with ${joinWords(same)} share a ticket.`;
}

function valueInWords({ field, value }: NamedValue): string {
  const shown = oneLine(truncate(value, maxShown));
  return shown === '' ? `no ${field.label}` : `the same ${field.label} (${shown})`;
}

function joinWords(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
