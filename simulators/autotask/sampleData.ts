import { between, pick, type Random, seededRandom } from '../common/random.ts';
import { companyDomain, companyName, samplePerson } from '../common/sampleNames.ts';
import type { Row, Table } from '../common/table.ts';
import type { EntityName } from './entities.ts';
import { picklistSeed } from './picklistSeed.ts';

type SampleContact = {
  id?: number;
  firstName: string;
  lastName: string;
  emailAddress?: string;
  primaryContact?: boolean;
  isActive?: 0 | 1;
};

/** A contract of a fixed company; recurring, active and current unless it says otherwise. */
type SampleContract = {
  id?: number;
  contractName: string;
  contractNumber?: string;
  contractType?: number;
  status?: 0 | 1;
  startDate?: string;
  endDate?: string;
};

/** A company that a sample file fixes. What is left out is made up. */
export type SampleCompany = {
  id: number;
  companyName: string;
  companyType?: number;
  classification?: number;
  marketSegmentID?: number;
  isActive?: boolean;
  parentCompanyID?: number;
  contacts?: readonly SampleContact[];
  contracts?: readonly SampleContract[];
};

type Tables = Record<EntityName, Table>;
type Samples = { companies: number; seed: number; fixed: readonly SampleCompany[] };

const firstDay = Date.UTC(2024, 0, 1);
const dayMs = 86_400_000;
const ownerResourceId = 29682886;

/**
 * Fills empty tables: company 0 (the MSP itself), the fixed companies, then made-up ones until there are
 * `companies` besides company 0. The same seed always gives the same data; a larger number only adds to it.
 */
export function fillWithSamples(tables: Tables, samples: Samples): void {
  addCategories(tables);
  addIcons(tables);
  addServices(tables);
  const own: SampleCompany = {
    id: 0,
    companyName: 'Sample MSP',
    companyType: 8,
    contacts: [
      {
        id: 30_000,
        firstName: 'Service',
        lastName: 'Desk',
        emailAddress: 'desk@msp.example',
        primaryContact: true,
      },
    ],
  };
  addCompany(tables, own, seededRandom(samples.seed));
  for (const company of samples.fixed) addCompany(tables, company, seededRandom(samples.seed + company.id));
  for (let at = samples.fixed.length; at < samples.companies; at += 1) {
    const random = seededRandom(samples.seed * 1_000_003 + at);
    addCompany(tables, inventCompany(tables, random, at), random);
  }
}

function inventCompany(tables: Tables, random: Random, at: number): SampleCompany {
  const name = companyName(random, at);
  const parent = at > 20 && between(random, 1, 30) === 1 ? firstCompanyId(tables) : undefined;
  return {
    id: tables.Companies.takeId(),
    companyName: name,
    companyType: pick(random, [1, 1, 1, 1, 1, 1, 2, 3, 4, 6, 7]),
    isActive: between(random, 1, 16) !== 1,
    contacts: inventContacts(random, companyDomain(name)),
    ...(parent === undefined ? {} : { parentCompanyID: parent }),
  };
}

function inventContacts(random: Random, domain: string): SampleContact[] {
  return Array.from({ length: between(random, 0, 4) }, (_, at) => ({
    ...samplePerson(random, domain),
    primaryContact: at === 0,
    isActive: at > 0 && between(random, 1, 8) === 1 ? 0 : 1,
  }));
}

function addCompany(tables: Tables, company: SampleCompany, random: Random): void {
  const createDate = new Date(firstDay + between(random, 0, 600) * dayMs).toISOString();
  const { contacts = [], contracts, ...given } = company;
  tables.Companies.insert({
    companyType: 1,
    isActive: true,
    companyNumber: `C-${String(company.id).padStart(5, '0')}`,
    classification: pick(random, [2, 2, 4, 9, 200]),
    marketSegmentID: between(random, 29682770, 29682775),
    territoryID: between(random, 29682801, 29682804),
    ownerResourceID: ownerResourceId,
    phone: `+1 555 01${between(random, 10, 99)} ${between(random, 100, 999)}`,
    city: pick(random, ['Springfield', 'Riverton', 'Franklin', 'Salem', 'Clinton']),
    webAddress: `https://www.${companyDomain(company.companyName)}`,
    createDate,
    lastActivityDate: createDate,
    lastTrackedModifiedDateTime: createDate,
    ...given,
  });
  addLocation(tables, company.id, random);
  for (const contact of contacts) addContact(tables, company.id, contact, createDate);
  const hasContract = company.id === 0 || between(random, 1, 4) === 1;
  const usual: SampleContract = { contractName: 'Managed services', contractNumber: `MS-${company.id}` };
  for (const [at, contract] of (contracts ?? (hasContract ? [usual] : [])).entries()) {
    addContract(tables, company.id, { isDefaultContract: at === 0, ...contract });
  }
}

function addLocation(tables: Tables, companyID: number, random: Random): void {
  tables.CompanyLocations.insert({
    id: tables.CompanyLocations.takeId(),
    companyID,
    name: 'Main office',
    isActive: true,
    isPrimary: true,
    address1: `${between(random, 1, 999)} Main Street`,
    city: pick(random, ['Springfield', 'Riverton', 'Franklin', 'Salem', 'Clinton']),
  });
}

function addContact(tables: Tables, companyID: number, contact: SampleContact, createDate: string): void {
  const { id, ...given } = contact;
  tables.Contacts.insert({
    id: id ?? tables.Contacts.takeId(),
    companyID,
    isActive: 1,
    primaryContact: false,
    receivesEmailNotifications: true,
    createDate,
    lastActivityDate: createDate,
    lastModifiedDate: createDate,
    ...given,
  });
}

function addContract(
  tables: Tables,
  companyID: number,
  contract: SampleContract & { isDefaultContract: boolean },
): void {
  const { id, startDate = '2026-01-01', endDate = '2030-12-31', ...given } = contract;
  tables.Contracts.insert({
    id: id ?? tables.Contracts.takeId(),
    companyID,
    contractType: 7,
    contractPeriodType: 1,
    contractCategory: 12,
    status: 1,
    startDate: `${startDate}T00:00:00.000Z`,
    endDate: `${endDate}T00:00:00.000Z`,
    timeReportingRequiresStartAndStopTimes: 0,
    ...given,
  });
}

/** The catalogue of services; what it holds is invented. */
function addServices(tables: Tables): void {
  const services: readonly [string, number, number, Row[string]?][] = [
    ['Protected user', 4.5, 2.1],
    ['Protected device', 6, 3.25],
    ['Managed mailbox', 3, 1],
    ['Security awareness', 1.75, 0.4],
    ['Telephone line', 12, 9, false],
  ];
  for (const [name, unitPrice, unitCost, isActive = true] of services) {
    tables.Services.insert({
      id: tables.Services.takeId(),
      name,
      unitPrice,
      unitCost,
      isActive,
      billingCodeID: 29_682_801,
      periodType: 1,
      createDate: new Date(firstDay).toISOString(),
      lastModifiedDate: new Date(firstDay).toISOString(),
    });
  }
}

/** Categories as fact sheet autotask §4.3 has seen them; what their defaults hold is invented. */
function addCategories(tables: Tables): void {
  const categories: readonly [number, string, string][] = [
    [2, 'Datto RMM Alert', 'RMM'],
    [3, 'Standard', 'STD'],
    [4, 'Datto Alert', 'DAT'],
    [5, 'RMA', 'RMA'],
    [6, 'Datto Networking Alert', 'NET'],
  ];
  for (const [id, name, nickname] of categories) {
    const isGlobalDefault = id === 3;
    tables.TicketCategories.insert({
      id,
      name,
      nickname,
      isActive: true,
      isApiOnly: false,
      isGlobalDefault,
      displayColorRGB: 16_777_215,
    });
  }
  const defaults: readonly Row[] = [
    { id: 1, ticketCategoryID: 3, ticketTypeID: 1 },
    { id: 2, ticketCategoryID: 2, ticketTypeID: 5, sourceID: 8, queueID: 8, serviceLevelAgreementID: 1 },
    { id: 3, ticketCategoryID: 4, ticketTypeID: 5, sourceID: 8, queueID: 8 },
  ];
  for (const row of defaults) tables.TicketCategoryFieldDefaults.insert(row);
}

function addIcons(tables: Tables): void {
  for (const line of (picklistSeed['Companies.classification'] ?? '').trim().split('\n')) {
    const [, id, name = ''] = /^\s*(\d+) ([^|]+)/.exec(line) ?? [];
    tables.ClassificationIcons.insert({
      id: Number(id),
      name: name.trim(),
      description: `Customers: ${name.trim()}`,
      isActive: !line.includes('inactive'),
      isSystem: false,
      relativeUrl: `/autotask/images/icons/${id}.png`,
    });
  }
}

function firstCompanyId(tables: Tables): number | undefined {
  for (const company of tables.Companies.after(0)) return company.id;
  return undefined;
}
