import { describe, expect, it } from 'vitest';
import type { Row } from '../common/table.ts';
import { Tenant } from './tenant.ts';
import { knownCompanies } from './testing.ts';

const tenant = (companies: number, seed = 1, fixed = knownCompanies.slice(0, 0)): Tenant =>
  new Tenant({ companies, seed, fixed }, {}, () => 0);
const rows = (from: Tenant, name: 'Companies' | 'Contacts' | 'CompanyLocations'): Row[] => [
  ...from.tables[name].after(Number.NEGATIVE_INFINITY),
];

describe('sample data', () => {
  it('is the same for the same seed, and other for another', () => {
    expect(rows(tenant(50), 'Contacts')).toEqual(rows(tenant(50), 'Contacts'));
    expect(rows(tenant(50), 'Contacts')).not.toEqual(rows(tenant(50, 2), 'Contacts'));
  });

  it('a larger number only adds', () => {
    expect(rows(tenant(80), 'Companies').slice(0, 51)).toEqual(rows(tenant(50), 'Companies'));
  });

  it('has company 0, then as many as were asked for', () => {
    const companies = rows(tenant(50), 'Companies');
    expect(companies).toHaveLength(51);
    expect(companies[0]).toMatchObject({ id: 0, companyName: 'Sample MSP' });
  });

  it('twenty thousand companies have distinct names and zero to four contacts each', () => {
    const large = tenant(20_000);
    const companies = rows(large, 'Companies');
    expect(new Set(companies.map((company) => company.companyName)).size).toBe(20_001);
    const counts = new Set(
      companies.map((company) => large.tables.Contacts.lookUp('companyID', [company.id])?.length),
    );
    expect([...counts].sort()).toEqual([0, 1, 2, 3, 4]);
    expect(companies.some((company) => company.isActive === false)).toBe(true);
    expect(companies.some((company) => company.parentCompanyID !== undefined)).toBe(true);
  });

  it('uses values that the picklists have, and one primary contact at most', () => {
    const sample = tenant(200);
    for (const company of rows(sample, 'Companies')) {
      for (const field of ['companyType', 'classification', 'marketSegmentID', 'territoryID']) {
        expect(
          sample.picklists.find('Companies', field, company[field])?.isActive,
          `${field} ${company[field]}`,
        ).toBe(true);
      }
      const contacts = (sample.tables.Contacts.lookUp('companyID', [company.id]) ?? []).map((id) =>
        sample.tables.Contacts.get(id),
      );
      expect(contacts.filter((contact) => contact?.primaryContact === true).length).toBeLessThan(2);
    }
  });

  it('some contacts are inactive, all addresses are in example domains', () => {
    const contacts = rows(tenant(200), 'Contacts');
    expect(contacts.some((contact) => contact.isActive === 0)).toBe(true);
    for (const contact of contacts)
      expect(contact.emailAddress).toMatch(/^[a-z]+\.[a-z]+\d*@[a-z0-9]+\.example$|^desk@/);
  });

  it('every company has a primary location', () => {
    expect(rows(tenant(50), 'CompanyLocations').filter((location) => location.isPrimary)).toHaveLength(51);
  });

  it('fixed companies come first and keep their ids', () => {
    const sample = tenant(10, 1, knownCompanies);
    const companies = rows(sample, 'Companies');
    expect(companies).toHaveLength(11);
    expect(companies[1]).toMatchObject({
      id: 201,
      companyName: 'Parent & Co <HQ>',
      companyType: 1,
      isActive: true,
    });
    expect(sample.tables.Contacts.get(31_002)).toMatchObject({ companyID: 201, isActive: 0 });
  });
});
