import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OrganizationReference } from '../alerts/types.ts';
import { exampleAlert, exampleOrganization, exampleSettings } from './exampleSettings.ts';
import { findOrganization, referenceKey } from './organizations.ts';
import type { OrganizationReferenceEntry } from './types.ts';

function organization(id: string, ...references: OrganizationReferenceEntry[]) {
  return exampleOrganization({ id, name: id.toUpperCase(), references });
}

const settings = exampleSettings({
  organizations: [
    organization('a', { kind: 'id', value: 'org-17' }, { kind: 'domain', value: 'Café.example' }),
    organization('b', { kind: 'tenantId', value: 'T-1' }, { kind: 'name', value: 'Contoso Legal' }),
    organization('c', { kind: 'id', value: '7', source: 'huntress' }),
    organization('d', { kind: 'id', value: 'shared' }),
    organization('e', { kind: 'id', value: 'shared', source: 'edr' }),
    organization('f', { kind: 'id', value: 'twice' }, { kind: 'id', value: 'twice', source: 'edr' }),
  ],
});

function found(reference: OrganizationReference | undefined, source = 'edr') {
  const alert = exampleAlert({ source });
  if (reference) alert.organization = reference;
  else delete alert.organization;
  return findOrganization(alert, settings);
}

describe('finding the organization (design §9, decision 22)', () => {
  it.each<[string, OrganizationReference, string]>([
    ['an id', { externalId: 'org-17' }, 'a'],
    ['a domain in other letter case', { domain: 'CAFÉ.Example' }, 'a'],
    ['a domain in other normal form', { domain: 'cafe\u0301.example' }, 'a'],
    ['a tenant id', { tenantId: 'T-1' }, 'b'],
    ['a registered name in other letter case', { name: 'CONTOSO legal' }, 'b'],
    ['the id before the others', { externalId: 'org-17', tenantId: 'T-1' }, 'a'],
    ['the domain where the id is unknown', { externalId: 'zzz', domain: 'café.example' }, 'a'],
    ['the tenant id before the name', { tenantId: 'T-1', name: 'nobody' }, 'b'],
    ['one organization with two matching references', { externalId: 'twice' }, 'f'],
  ])('%s decides', (_name, reference, id) => {
    const finding = found(reference);
    expect(finding.kind === 'found' && finding.organization.id).toBe(id);
  });

  it.each<[string, OrganizationReference | undefined]>([
    ['an unknown id', { externalId: 'org-99' }],
    ['an id in other letter case', { externalId: 'ORG-17' }],
    ['a tenant id in other letter case', { tenantId: 't-1' }],
    ['an unregistered name, though it is the name of an organization', { name: 'A' }],
    ['a domain given as id', { externalId: 'café.example' }],
    ['an id given as domain', { domain: 'org-17' }],
    ['an empty id', { externalId: '' }],
    ['nothing', undefined],
  ])('%s is unassigned', (_name, reference) => {
    expect(found(reference).kind).toBe('unassigned');
  });

  it('a reference bound to a source counts for that source only', () => {
    expect(found({ externalId: '7' }, 'huntress')).toMatchObject({
      kind: 'found',
      organization: { id: 'c' },
    });
    expect(found({ externalId: '7' }, 'edr')).toMatchObject({ kind: 'unassigned' });
  });

  it('two hits are unassigned, and the words name both', () => {
    expect(found({ externalId: 'shared' })).toEqual({
      kind: 'unassigned',
      reference: 'id@3:edr|shared',
      words: 'Unassigned: the id shared belongs to D and E.',
    });
    expect(found({ externalId: 'shared' }, 'other')).toMatchObject({ organization: { id: 'd' } });
  });

  it('says in words what was tried', () => {
    expect(found({ externalId: 'x', domain: 'y' }).words).toBe(
      'Unassigned: no organization has the id x or the domain y.',
    );
    expect(found(undefined)).toEqual({
      kind: 'unassigned',
      words: 'Unassigned: the alert names no organization.',
    });
    expect(found({ externalId: 'org-17' }).words).toBe('Organization A is known by the id org-17.');
  });

  it('an organization that was removed does not count', () => {
    const stale = { ...settings, organizations: new Map() };
    expect(findOrganization(exampleAlert(), stale).kind).toBe('unassigned');
  });

  it('keeps what stands in for an organization short enough to store', () => {
    const one = found({ externalId: `${'x'.repeat(9999)}1` });
    const other = found({ externalId: `${'x'.repeat(9999)}2` });
    if (one.kind !== 'unassigned' || other.kind !== 'unassigned') throw new Error('found');
    expect(one.reference?.length).toBeLessThan(100);
    expect(one.reference).not.toBe(other.reference);
    expect(one.words.length).toBeLessThan(300);
  });

  it('no two references share a key', () => {
    const texts = fc.string({ unit: fc.constantFrom('a', '|', '@', ':', '1', '2') });
    const references = fc.tuple(
      fc.constantFrom('id' as const, 'tenantId' as const),
      texts,
      fc.option(texts, { nil: undefined }),
    );
    fc.assert(
      fc.property(references, references, (one, other) => {
        const isSame = JSON.stringify(one) === JSON.stringify(other);
        expect(referenceKey(...one) === referenceKey(...other)).toBe(isSame);
      }),
    );
  });
});
