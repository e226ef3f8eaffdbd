/** Which organization an alert belongs to (design §9, decision 22). */
import { hash } from 'node:crypto';
import type { Alert } from '../alerts/types.ts';
import { oneLine, truncate } from '../templates/index.ts';
import type { Organization, OrganizationReferenceEntry, ReferenceKind, Settings } from './types.ts';

/** One way in which a sender names a customer environment. */
export interface SenderReference {
  kind: ReferenceKind;
  value: string;
  source: string;
}

/** `reference` is the key of the sender's first reference, absent when the alert names no organization at all. */
export type OrganizationFinding =
  | { kind: 'found'; organization: Organization; words: string }
  | { kind: 'unassigned'; reference?: string; words: string };

/**
 * The key under which a reference is registered and looked up. Ids and tenant ids are compared exactly, domains and
 * names as NFC without regard to letter case. No two references share a key, whatever characters they hold.
 */
export function referenceKey(kind: ReferenceKind, value: string, source?: string): string {
  const compared = kind === 'domain' || kind === 'name' ? value.toLowerCase().normalize('NFC') : value;
  return source === undefined ? `${kind}|${compared}` : `${kind}@${source.length}:${source}|${compared}`;
}

/** All registered references by key, as {@link Settings.references} wants them. */
export function indexReferences(
  organizations: Iterable<{ id: string; references: readonly OrganizationReferenceEntry[] }>,
): Map<string, string[]> {
  const index = new Map<string, string[]>();
  for (const { id, references } of organizations) {
    for (const { kind, value, source } of references) {
      const key = referenceKey(kind, value, source);
      const ids = index.get(key);
      if (!ids) index.set(key, [id]);
      else if (!ids.includes(id)) ids.push(id);
    }
  }
  return index;
}

/**
 * Tries the alert's references in the order id, domain, tenant id, name; the first that is registered decides. A
 * reference bound to a source counts for that source only. Two organizations under one reference = unassigned.
 */
export function findOrganization(alert: Alert, settings: Settings): OrganizationFinding {
  const references = senderReferences(alert);
  const first = references[0];
  if (!first) return { kind: 'unassigned', words: 'Unassigned: the alert names no organization.' };
  for (const reference of references) {
    const hits = organizationsOf(reference, settings);
    if (hits.length === 0) continue;
    const [organization] = hits;
    if (organization && hits.length === 1) {
      return {
        kind: 'found',
        organization,
        words: `Organization ${organization.name} is known by the ${inWords(reference)}.`,
      };
    }
    const names = hits.map(({ name }) => name).join(' and ');
    return unassigned(first, `Unassigned: the ${inWords(reference)} belongs to ${names}.`);
  }
  return unassigned(
    first,
    `Unassigned: no organization has the ${references.map(inWords).join(' or the ')}.`,
  );
}

/** The references that the alert carries, in the order in which they are tried. The first stands in when unassigned. */
export function senderReferences({ organization, source }: Alert): SenderReference[] {
  const references: SenderReference[] = [];
  if (!organization) return references;
  const { externalId, domain, tenantId, name } = organization;
  if (externalId) references.push({ kind: 'id', value: externalId, source });
  if (domain) references.push({ kind: 'domain', value: domain, source });
  if (tenantId) references.push({ kind: 'tenantId', value: tenantId, source });
  if (name) references.push({ kind: 'name', value: name, source });
  return references;
}

function organizationsOf({ kind, value, source }: SenderReference, settings: Settings): Organization[] {
  const anySource = settings.references.get(referenceKey(kind, value));
  const thisSource = settings.references.get(referenceKey(kind, value, source));
  if (!anySource && !thisSource) return [];
  const ids = new Set([...(anySource ?? []), ...(thisSource ?? [])]);
  return [...ids].map((id) => settings.organizations.get(id)).filter((found) => found !== undefined);
}

/** Longer keys do not fit a database index; the digest of such a key stands apart by its `#`. */
const maxStoredKey = 300;

function unassigned({ kind, value, source }: SenderReference, words: string): OrganizationFinding {
  const key = referenceKey(kind, value, source);
  const reference = key.length > maxStoredKey ? `${kind}#${hash('sha256', key)}` : key;
  return { kind: 'unassigned', reference, words };
}

/** Longest value in a sentence, in UTF-16 units. */
const maxShown = 100;

const kindWords: Record<ReferenceKind, string> = {
  id: 'id',
  domain: 'domain',
  tenantId: 'tenant id',
  name: 'name',
};

function inWords({ kind, value }: SenderReference): string {
  return `${kindWords[kind]} ${oneLine(truncate(value, maxShown))}`;
}
