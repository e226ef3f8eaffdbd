import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { goodTicket, knownCompanies, startForTest, type TestSimulator } from './testing.ts';

let simulator: TestSimulator;
beforeAll(async () => {
  simulator = await startForTest({ companies: 4, sample: knownCompanies });
});
beforeEach(() => simulator.state.reset());
afterAll(() => simulator.close());

const company = { companyName: 'New Ltd', companyType: 1, ownerResourceID: 29682886, phone: '+1 555 0100' };
const contact = { firstName: 'Nora', lastName: 'New', isActive: 1, emailAddress: 'nora@new.example' };

describe('companies', () => {
  it('are created active and can be changed', async () => {
    const { itemId } = (await simulator.api('POST', '/Companies', company)).json;
    await simulator.api('PATCH', '/Companies', { id: itemId, classification: 200 });
    const { item } = (await simulator.api('GET', `/Companies/${itemId}`)).json;
    expect(item).toMatchObject({ companyName: 'New Ltd', isActive: true, classification: 200 });
  });

  it.each(['companyName', 'companyType', 'phone'])('need %s', async (field) => {
    const reply = await simulator.api('POST', '/Companies', { ...company, [field]: undefined });
    expect(reply.json.errors).toEqual([`Missing Required Field: ${field}. ; on record number [1].`]);
  });

  it('need an owner that exists', async () => {
    const none = await simulator.api('POST', '/Companies', { ...company, ownerResourceID: null });
    expect(none.json.errors[0]).toBe(
      'Value does not exist for the required field ownerResourceID. ; on record number [1].',
    );
    const unknown = await simulator.api('POST', '/Companies', { ...company, ownerResourceID: 5 });
    expect(unknown.json.errors[0]).toContain('ownerResourceID of type: Resource');
  });
});

describe('contacts', () => {
  it('are created under their company, with the flag as a number', async () => {
    const { itemId } = (await simulator.api('POST', '/Companies/201/Contacts', contact)).json;
    const { item } = (await simulator.api('GET', `/Contacts/${itemId}`)).json;
    expect(item).toMatchObject({ companyID: 201, isActive: 1, firstName: 'Nora' });
  });

  it('a boolean for isActive is the parse error', async () => {
    const reply = await simulator.api('POST', '/Companies/201/Contacts', { ...contact, isActive: true });
    expect(reply.status).toBe(500);
    expect(reply.json.errors[0]).toContain('Unexpected character encountered while parsing value: t');
  });

  it('cannot move to another company', async () => {
    await simulator.api('PATCH', '/Companies/201/Contacts', { id: 31_001, companyID: 203, title: 'CEO' });
    const { item } = (await simulator.api('GET', '/Contacts/31001')).json;
    expect(item).toMatchObject({ companyID: 201, title: 'CEO' });
  });

  it('are deleted, once', async () => {
    expect((await simulator.api('DELETE', '/Companies/201/Contacts/31001')).json).toEqual({ itemId: 31_001 });
    const again = await simulator.api('DELETE', '/Companies/201/Contacts/31001');
    expect(again.json.errors).toEqual([
      'No message. No matching records found. The logged in Resource may not have the required permissions to delete the data.',
    ]);
  });

  it('are found by any of their three addresses', async () => {
    await simulator.api('PATCH', '/Companies/201/Contacts', {
      id: 31_001,
      emailAddress2: 'Second@Parent.example',
    });
    const items = ['emailAddress', 'emailAddress2', 'emailAddress3'].map((field) => ({
      op: 'eq',
      field,
      value: 'second@parent.example',
    }));
    const reply = await simulator.api('POST', '/Contacts/query', { Filter: [{ op: 'or', items }] });
    expect(reply.json.items.map((item: { id: number }) => item.id)).toEqual([31_001]);
  });
});

describe('contracts', () => {
  it('can be searched, and have no isActive', async () => {
    const current = {
      Filter: [
        { op: 'eq', field: 'status', value: 1 },
        { op: 'gte', field: 'endDate', value: '2026-06-04' },
      ],
    };
    const { items } = (await simulator.api('POST', '/Contracts/query', current)).json;
    expect(items[0]).toMatchObject({ contractType: 7, endDate: '2030-12-31T00:00:00Z' });
    const wrong = await simulator.api('POST', '/Contracts/query', {
      Filter: [{ op: 'eq', field: 'isActive', value: true }],
    });
    expect(wrong.json.errors).toEqual(['Unable to find isActive in the Contract Entity.']);
  });

  it('take plain dates and must not end before they start', async () => {
    const contract = {
      companyID: 201,
      contractName: 'Security',
      contractType: 7,
      status: 1,
      startDate: '2026-06-01',
      endDate: '2027-05-31',
      timeReportingRequiresStartAndStopTimes: 0,
    };
    const { itemId } = (await simulator.api('POST', '/Contracts', contract)).json;
    expect((await simulator.api('GET', `/Contracts/${itemId}`)).json.item.startDate).toBe(
      '2026-06-01T00:00:00Z',
    );
    const reversed = await simulator.api('POST', '/Contracts', { ...contract, endDate: '2026-05-01' });
    expect(reversed.json.errors).toEqual(['Contract EndDate must be after StartDate.']);
  });
});

describe('services', () => {
  it('are a catalogue with prices and an isActive, and can be searched by name', async () => {
    const { items } = (
      await simulator.api('POST', '/Services/query', {
        IncludeFields: ['id', 'name', 'unitPrice', 'unitCost', 'isActive'],
        Filter: [
          { op: 'contains', field: 'name', value: 'protected' },
          { op: 'eq', field: 'isActive', value: true },
        ],
      })
    ).json;
    expect(items).toMatchObject([
      { id: 11, name: 'Protected user', unitPrice: 4.5, unitCost: 2.1, isActive: true },
      { id: 12, name: 'Protected device', unitPrice: 6, unitCost: 3.25, isActive: true },
    ]);
  });

  it('are made with a name, a price, a period and a billing code', async () => {
    const service = { name: 'Backup', unitPrice: 9.5, periodType: 1, billingCodeID: 5 };
    const { itemId } = (await simulator.api('POST', '/Services', service)).json;
    expect((await simulator.api('GET', `/Services/${itemId}`)).json.item).toMatchObject({
      name: 'Backup',
      isActive: true,
    });
    const { unitPrice: _, ...lacking } = service;
    const refused = await simulator.api('POST', '/Services', lacking);
    expect(refused.json.errors[0]).toContain('unitPrice');
  });

  it('are hidden from a user without the right', async () => {
    await simulator.plain('POST', '/control/set', { rights: { Services: { query: false } } });
    const refused = await simulator.api('POST', '/Services/query', {
      Filter: [{ op: 'exist', field: 'id' }],
    });
    expect(refused.json.errors[0]).toContain('adequate permissions');
  });
});

describe('metadata', () => {
  type FieldInfo = {
    name: string;
    picklistValues: { value: string; parentValue: string; isActive: boolean }[] | null;
  };
  const fields = async (entity: string): Promise<Map<string, FieldInfo>> => {
    const { json } = await simulator.api('GET', `/${entity}/entityInformation/fields`);
    return new Map(json.fields.map((field: FieldInfo) => [field.name, field]));
  };

  it('gives picklist values as text, inactive and negative ones included', async () => {
    const ticketFields = await fields('Tickets');
    const values = (name: string) => ticketFields.get(name)?.picklistValues ?? [];
    expect(values('priority').map((one) => one.value)).toEqual(['4', '1', '2', '3']);
    expect(values('source').map((one) => one.value)).toContain('-1');
    expect(values('subIssueType').some((one) => !one.isActive && one.parentValue === '10')).toBe(true);
    expect(values('status').every((one) => one.parentValue === '')).toBe(true);
    expect(ticketFields.get('title')).toMatchObject({
      dataType: 'string',
      length: 255,
      isRequired: true,
      isReadOnly: false,
      picklistValues: null,
      picklistParentValueField: '',
    });
    expect(ticketFields.get('companyID')).toMatchObject({
      isReference: true,
      referenceEntityType: 'Company',
    });
    expect(ticketFields.get('creatorType')).toMatchObject({ isQueryable: false, isReadOnly: true });
  });

  it('names the parent of sub-issues in either letter case', async () => {
    expect((await fields('Tickets')).get('subIssueType')).toMatchObject({
      picklistParentValueField: 'issueType',
    });
    await simulator.plain('POST', '/control/set', { parentFieldCase: 'pascal' });
    expect((await fields('Tickets')).get('subIssueType')).toMatchObject({
      picklistParentValueField: 'IssueType',
    });
  });

  it('follows a value that is switched off', async () => {
    const queue = async () =>
      (await fields('Tickets')).get('queueID')?.picklistValues?.find((one) => one.value === '8');
    expect((await queue())?.isActive).toBe(true);
    await simulator.plain('POST', '/control/set', {
      picklist: { field: 'queueID', value: 8, isActive: false },
    });
    expect((await queue())?.isActive).toBe(false);
  });

  it.each(['companyType', 'classification', 'marketSegmentID'])('has values for %s', async (name) => {
    expect((await fields('Companies')).get(name)?.picklistValues?.length).toBeGreaterThan(3);
  });

  it.each(['noteType', 'publish'])('has values for %s', async (name) => {
    expect((await fields('Tickets/88001/Notes')).get(name)?.picklistValues?.length).toBeGreaterThan(2);
  });

  it('tells what may be done', async () => {
    const info = async (entity: string) =>
      (await simulator.api('GET', `/${entity}/entityInformation`)).json.info;
    expect(await info('Tickets')).toMatchObject({
      name: 'Ticket',
      canCreate: true,
      canDelete: false,
      userAccessForQuery: 'All',
    });
    expect(await info('TicketNotes')).toMatchObject({ canCreate: true, canUpdate: true });
    expect(await info('Contacts')).toMatchObject({ canDelete: true });
    expect(await info('ClassificationIcons')).toMatchObject({ canCreate: false, canQuery: true });
  });

  it('lists user-defined fields', async () => {
    const { json } = await simulator.api('GET', '/Tickets/entityInformation/userDefinedFields');
    expect(json.fields.map((field: { name: string }) => field.name)).toEqual([
      'Alert severity',
      'Site code',
      'Reviewed by',
    ]);
    expect(json.fields[2]).toMatchObject({ isRequired: true, type: 'string' });
  });

  it('ticket categories are an entity too, with their defaults below', async () => {
    const reply = await simulator.api('POST', '/TicketCategories/query', {
      Filter: [{ op: 'exist', field: 'id' }],
    });
    expect(reply.json.items.map((item: { id: number }) => item.id)).toEqual([2, 3, 4, 5, 6]);
    const defaults = await simulator.api('GET', '/TicketCategories/2/FieldDefaults');
    expect(defaults.json.items[0]).toMatchObject({ queueID: 8, sourceID: 8 });
    expect((await simulator.api('POST', '/Tickets', goodTicket({ ticketCategory: 5 }))).status).toBe(200);
  });
});
