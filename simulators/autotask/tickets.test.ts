import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  goodNote,
  goodTicket,
  holdTimers,
  knownCompanies,
  startForTest,
  type TestSimulator,
} from './testing.ts';

let simulator: TestSimulator;
let nowMs = Date.UTC(2026, 5, 4, 8, 0, 0);
beforeAll(async () => {
  const now = () => nowMs;
  simulator = await startForTest({
    companies: 4,
    sample: knownCompanies,
    settings: { penalties: false },
    now,
  });
});
beforeEach(() => {
  nowMs = Date.UTC(2026, 5, 4, 8, 0, 0);
  simulator.state.reset();
});
afterAll(() => simulator.close());

const set = (switches: object) => simulator.plain('POST', '/control/set', switches);
const post = (fields: object) =>
  simulator.api('POST', '/Tickets', goodTicket(fields as Record<string, unknown>));
const patch = (fields: object) => simulator.api('PATCH', '/Tickets', fields);
const read = async (id = 88_001) => (await simulator.api('GET', `/Tickets/${id}`)).json.item;

describe('a created ticket', () => {
  it('is answered with 200 and nothing but its id', async () => {
    const reply = await post({});
    expect([reply.status, reply.json]).toEqual([200, { itemId: 88_001 }]);
  });

  it('carries what the server stamps', async () => {
    await post({});
    expect(await read()).toMatchObject({
      ticketNumber: 'T20260604.0001',
      createDate: '2026-06-04T08:00:00Z',
      lastActivityDate: '2026-06-04T08:00:00Z',
      creatorResourceID: 29682885,
      companyLocationID: expect.any(Number),
      ticketCategory: 3,
      ticketType: 1,
      completedDate: null,
    });
  });

  it('is numbered within the day', async () => {
    await post({});
    await post({});
    nowMs += 86_400_000;
    await post({});
    const numbers = [await read(88_001), await read(88_002), await read(88_003)].map(
      (item) => item.ticketNumber,
    );
    expect(numbers).toEqual(['T20260604.0001', 'T20260604.0002', 'T20260605.0001']);
  });

  it('may have the external id of another', async () => {
    await post({ externalID: 'alrt-1' });
    expect((await post({ externalID: 'alrt-1' })).json.itemId).toBe(88_002);
  });

  it('takes names in any case, numbers as text, and ignores unknown and read-only fields', async () => {
    await post({
      TITLE: 'Upper',
      PRIORITY: '2',
      nonsense: true,
      ticketNumber: 'mine',
      rmmAlertID: 'x',
      title: undefined,
    });
    const item = await read();
    expect(item).toMatchObject({
      title: 'Upper',
      priority: 2,
      ticketNumber: 'T20260604.0001',
      rmmAlertID: null,
    });
  });

  it('keeps user-defined fields and does not ask for the required ones', async () => {
    await post({ userDefinedFields: [{ name: 'alert severity', value: 'High' }] });
    expect((await read()).userDefinedFields).toEqual([
      { name: 'Alert severity', value: 'High' },
      { name: 'Site code', value: null },
      { name: 'Reviewed by', value: null },
    ]);
  });

  it('may be for company 0, for a contact of the parent company, and for a contract of its company', async () => {
    const [contract] = (
      await simulator.api('POST', '/Contracts/query', {
        Filter: [{ op: 'eq', field: 'companyID', value: 0 }],
      })
    ).json.items;
    expect((await post({ companyID: 0, contractID: contract.id })).status).toBe(200);
    expect((await post({ companyID: 202, contactID: 31_001 })).status).toBe(200);
  });

  it('gets queue, source and due date from a category that has them', async () => {
    const reply = await post({ ticketCategory: 2, queueID: undefined, dueDateTime: undefined });
    expect(reply.status).toBe(200);
    expect(await read()).toMatchObject({
      queueID: 8,
      source: 8,
      ticketType: 5,
      dueDateTime: '2026-06-05T08:00:00Z',
    });
  });

  it('is complete from the start with status 5', async () => {
    await post({ status: 5 });
    expect((await read()).completedDate).toBe('2026-06-04T08:00:00Z');
  });
});

describe('a refused ticket', () => {
  const suffix = '; on record number [1].';

  it.each([
    ['no title', { title: undefined }, `Missing Required Field: title. ${suffix}`],
    ['empty title', { title: '' }, `Missing Required Field: title. ${suffix}`],
    ['no status', { status: null }, `Missing Required Field: status. ${suffix}`],
    [
      'no company',
      { companyID: undefined },
      `Value does not exist for the required field companyID. ${suffix}`,
    ],
    ['unknown priority', { priority: 9 }, `Picklist value [9] does not exist for priority. ${suffix}`],
    [
      'inactive queue',
      { queueID: 29682837 },
      `Picklist value [29682837] does not exist for queueID. ${suffix}`,
    ],
    ['no due date', { dueDateTime: undefined }, 'dueDateTime is required.; on record number [0].'],
    [
      'nobody to do it',
      { queueID: undefined },
      'assignedResourceID, assignedResourceRoleID, and queueID cannot all be empty. Supply a queueID or both an assignedResourceID and assignedResourceRoleID.',
    ],
    [
      'resource without role',
      { assignedResourceID: 29682886 },
      'Data violation: When assigning a Resource, you must assign both a assignedResourceID and assignedResourceRoleID.',
    ],
    [
      'role that the resource has not',
      { assignedResourceID: 29682887, assignedResourceRoleID: 29683437 },
      'The specified AssignedResourceID and AssignedRoleID combination is not currently defined',
    ],
    [
      'contact of a stranger',
      { contactID: 31_004 },
      'Data violation: contactID is not associated to the companyID or its Parent Company..',
    ],
    [
      'contact of the child company',
      { contactID: 31_003 },
      'Data violation: contactID is not associated to the companyID or its Parent Company..',
    ],
    [
      'inactive contact',
      { contactID: 31_002 },
      'Reference value on field: contactID of type: Contact does not exist or is invalid.',
    ],
    [
      'missing contact',
      { contactID: 5 },
      'Reference value on field: contactID of type: Contact does not exist or is invalid.',
    ],
    [
      'inactive company',
      { companyID: 204 },
      'Reference value on field: companyID of type: Company does not exist or is invalid.',
    ],
    [
      'missing company',
      { companyID: 999 },
      'Reference value on field: companyID of type: Company does not exist or is invalid.',
    ],
    [
      'contract of another',
      { contractID: 29683601 },
      'contractID [29683601] is not associated to companyID [201] or its parent.',
    ],
    [
      'location of another',
      { companyLocationID: 504 },
      "The companyLocationID[504] cannot be associated with the Ticket. The CompanyLocation must belong to the Ticket's, ConfigurationItem's, or the Contact's Company.",
    ],
    [
      'sub-issue of another issue',
      { issueType: 10, subIssueType: 140 },
      'Value does not exist for child picklist: subIssueType',
    ],
    ['sub-issue alone', { subIssueType: 136 }, 'Value does not exist for child picklist: subIssueType'],
    [
      'reference to nothing we know',
      { projectID: 7 },
      'Value does not reference an existing entity for projectID . ',
    ],
    [
      'boolean for a number',
      { priority: true },
      "Unexpected character encountered while parsing value: t. Path 'priority', line 1, position 1.",
    ],
    [
      'text for a number',
      { priority: 'high' },
      "Could not convert string to integer: high. Path 'priority', line 1, position 1.",
    ],
    [
      'no date',
      { dueDateTime: 'soon' },
      "Could not convert string to DateTime: soon. Path 'dueDateTime', line 1, position 1.",
    ],
    [
      'unknown user-defined field',
      { userDefinedFields: [{ name: 'X', value: '1' }] },
      "User-defined field 'X' does not exist.",
    ],
    [
      'user-defined value outside its list',
      { userDefinedFields: [{ name: 'Alert severity', value: 'Huge' }] },
      `Picklist value [Huge] does not exist for Alert severity. ${suffix}`,
    ],
  ])('%s', async (_case, fields, text) => {
    const reply = await post(fields);
    expect(reply.status).toBe(500);
    expect(reply.json).toEqual({ errors: [text] });
    expect(simulator.state.tables.Tickets.size).toBe(0);
  });

  it.each([
    ['title', 255],
    ['description', 8000],
    ['externalID', 50],
  ])('%s over %i characters, with two texts', async (field, length) => {
    expect((await post({ [field]: 'x'.repeat(length) })).status).toBe(200);
    expect((await post({ [field]: 'x'.repeat(length + 1) })).json.errors).toEqual([
      `String value exceeds maximum length (field:${field}).`,
      'Error updating entity for record number [1].',
    ]);
  });

  it('uses the older text for references when that is set', async () => {
    await set({ referenceText: 'old' });
    expect((await post({ contactID: 5 })).json.errors).toEqual([
      'contactID: Value 5 does not exist or is invalid',
    ]);
  });

  it('what the category demands', async () => {
    await set({ categoryRequires: { 3: ['queueID', 'issueType'] } });
    expect((await post({})).json.errors).toEqual(['issueType is required']);
    const assigned = { assignedResourceID: 29682886, assignedResourceRoleID: 29683436, queueID: undefined };
    expect((await post(assigned)).json.errors).toEqual(['queueID is required']);
    expect((await post({ issueType: 10 })).status).toBe(200);
  });

  it('a picklist value, a contact or a company that was switched off', async () => {
    await set({
      picklist: { field: 'priority', value: 1, isActive: false },
      contact: { id: 31_001, isActive: false },
      company: { id: 203, isActive: false },
    });
    expect((await post({})).json.errors[0]).toContain('Picklist value [1] does not exist for priority.');
    expect((await post({ priority: 2, contactID: 31_001 })).json.errors[0]).toContain('contactID');
    expect((await post({ priority: 2, companyID: 203 })).json.errors[0]).toContain('companyID');
  });

  it.each(['', '[]', '{"title":', 'null'])('a body that is no object: %s', async (body) => {
    expect((await simulator.api('POST', '/Tickets', body)).status).toBe(500);
  });
});

describe('a changed ticket', () => {
  beforeEach(() => post({ contactID: 31_001, description: 'as it was', externalID: 'alrt-1' }));

  it('PATCH changes what is sent, null clears, the rest stays', async () => {
    nowMs += 60_000;
    const reply = await patch({ id: 88_001, contactID: null, resolution: 'done' });
    expect(reply.json).toEqual({ itemId: 88_001 });
    expect(await read()).toMatchObject({
      contactID: null,
      resolution: 'done',
      description: 'as it was',
      createDate: '2026-06-04T08:00:00Z',
      lastActivityDate: '2026-06-04T08:01:00Z',
    });
  });

  it('completion sets the date, reopening clears it', async () => {
    await patch({ id: 88_001, status: 5 });
    expect((await read()).completedDate).toBe('2026-06-04T08:00:00Z');
    await patch({ id: 88_001, status: 8 });
    expect(await read()).toMatchObject({ completedDate: null, status: 8 });
  });

  it('PUT clears what is left out and asks for what is required', async () => {
    expect((await simulator.api('PUT', '/Tickets', { id: 88_001, title: 'new' })).json.errors[0]).toContain(
      'required field companyID',
    );
    expect((await read()).title).toBe('Impossible travel');
    await simulator.api('PUT', '/Tickets', { ...goodTicket(), id: 88_001, title: 'new' });
    expect(await read()).toMatchObject({
      title: 'new',
      description: null,
      externalID: null,
      ticketNumber: 'T20260604.0001',
    });
  });

  it.each([
    ['no id', { status: 5 }, 'Missing Required Field: id. ; on record number [1].'],
    [
      'unknown id',
      { id: 1, status: 5 },
      'No matching records found. The logged in Resource may not have the required permissions to update the data.',
    ],
    ['cleared title', { id: 88_001, title: null }, 'Missing Required Field: title. ; on record number [1].'],
    [
      'another company with the old contact',
      { id: 88_001, companyID: 203 },
      'Data violation: contactID is not associated to the companyID or its Parent Company..',
    ],
    [
      'cleared queue',
      { id: 88_001, queueID: null },
      'assignedResourceID, assignedResourceRoleID, and queueID cannot all be empty. Supply a queueID or both an assignedResourceID and assignedResourceRoleID.',
    ],
  ])('is refused: %s', async (_case, fields, text) => {
    const before = await read();
    expect((await patch(fields)).json).toEqual({ errors: [text] });
    expect(await read()).toEqual(before);
  });

  it('moves to another company when the contact and the location are cleared', async () => {
    const reply = await patch({ id: 88_001, companyID: 203, contactID: null, companyLocationID: null });
    expect(reply.status).toBe(200);
    expect((await read()).companyID).toBe(203);
  });

  it('completion can demand a field', async () => {
    await set({ completionRequires: ['resolution'] });
    expect((await patch({ id: 88_001, status: 5 })).json.errors).toEqual(['resolution is required']);
    expect((await patch({ id: 88_001, status: 5, resolution: 'done' })).status).toBe(200);
  });

  it('a stored value that is inactive by now does not stop a change', async () => {
    await set({ picklist: { field: 'priority', value: 1, isActive: false } });
    expect((await patch({ id: 88_001, priority: 1, title: 'x' })).status).toBe(200);
  });

  it('locked: nothing can be changed or noted', async () => {
    await set({ ticket: { id: 88_001, locked: true } });
    expect((await patch({ id: 88_001, title: 'x' })).status).toBe(500);
    expect((await simulator.api('POST', '/Tickets/88001/Notes', goodNote())).status).toBe(500);
  });

  it('a change keeps the user-defined fields that it does not name', async () => {
    await patch({ id: 88_001, userDefinedFields: [{ name: 'Site code', value: 'X1' }] });
    await patch({ id: 88_001, userDefinedFields: [{ name: 'Alert severity', value: 'Low' }] });
    expect((await read()).userDefinedFields.slice(0, 2)).toEqual([
      { name: 'Alert severity', value: 'Low' },
      { name: 'Site code', value: 'X1' },
    ]);
  });
});

describe('workflow rules', () => {
  it('change a ticket right after it was created, and send mail', async () => {
    await set({ workflow: [{ on: 'create', when: { priority: 1 }, set: { status: 8 }, mail: true }] });
    await post({});
    await post({ priority: 2 });
    expect([(await read(88_001)).status, (await read(88_002)).status]).toEqual([8, 1]);
    expect((await simulator.plain('GET', '/control/state')).json.mailsSent).toBe(1);
  });

  it('overrule a PATCH that was answered 200', async () => {
    await post({});
    await set({ workflow: [{ on: 'patch', when: { status: 5 }, set: { status: 8 } }] });
    expect((await patch({ id: 88_001, status: 5 })).status).toBe(200);
    expect(await read()).toMatchObject({ status: 8, completedDate: null });
  });

  it('can act later', async () => {
    await set({ workflow: [{ on: 'create', set: { queueID: 5 }, afterMs: 20 }] });
    const held = holdTimers(simulator);
    await post({});
    expect((await read()).queueID).toBe(8);
    held.release();
    expect((await read()).queueID).toBe(5);
  });
});

describe('dates', () => {
  it('come without zone and with milliseconds in the old style', async () => {
    await post({});
    await set({ dateStyle: 'old' });
    expect((await read()).createDate).toBe('2026-06-04T08:00:00.000');
  });
});
