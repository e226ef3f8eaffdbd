import { describe, expect, it } from 'vitest';
import { ticketsForTest } from './ticketsForTest.ts';

const tickets = ticketsForTest();
const { set, post } = tickets;

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
    expect(tickets.simulator.state.tables.Tickets.size).toBe(0);
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
    expect((await tickets.simulator.api('POST', '/Tickets', body)).status).toBe(500);
  });
});
