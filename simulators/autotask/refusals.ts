import { type Answer, jsonAnswer } from '../common/answers.ts';

/**
 * The texts of refusals, word for word as met in live use (fact sheet autotask §3.3). Those under `assumed` are our
 * own wording where no source has one.
 */
export const texts = {
  requiredField: (field: string) => `Missing Required Field: ${field}. ; on record number [1].`,
  requiredReference: (field: string) =>
    `Value does not exist for the required field ${field}. ; on record number [1].`,
  picklistValue: (value: unknown, field: string) =>
    `Picklist value [${value}] does not exist for ${field}. ; on record number [1].`,
  dueDate: 'dueDateTime is required.; on record number [0].',
  noQueueOrResource:
    'assignedResourceID, assignedResourceRoleID, and queueID cannot all be empty. Supply a queueID or both an assignedResourceID and assignedResourceRoleID.',
  halfResource:
    'Data violation: When assigning a Resource, you must assign both a assignedResourceID and assignedResourceRoleID.',
  resourceRole: 'The specified AssignedResourceID and AssignedRoleID combination is not currently defined',
  categoryDemands: (field: string) => `${field} is required`,
  foreignContact: 'Data violation: contactID is not associated to the companyID or its Parent Company..',
  foreignContract: (contract: unknown, company: unknown) =>
    `contractID [${contract}] is not associated to companyID [${company}] or its parent.`,
  foreignLocation: (location: unknown) =>
    `The companyLocationID[${location}] cannot be associated with the Ticket. The CompanyLocation must belong to the Ticket's, ConfigurationItem's, or the Contact's Company.`,
  subIssue: 'Value does not exist for child picklist: subIssueType',
  badReference: (field: string, entity: string) =>
    `Reference value on field: ${field} of type: ${entity} does not exist or is invalid.`,
  badReferenceOld: (field: string, value: unknown) => `${field}: Value ${value} does not exist or is invalid`,
  otherReference: (field: string) => `Value does not reference an existing entity for ${field} . `,
  tooLong: (field: string) => `String value exceeds maximum length (field:${field}).`,
  tooLongSecond: 'Error updating entity for record number [1].',
  unexpectedCharacter: (letter: string, path: string) =>
    `Unexpected character encountered while parsing value: ${letter}. Path '${path}', line 1, position 1.`,
  contractDates: 'Contract EndDate must be after StartDate.',
  noPermission: (operation: string) =>
    `The logged in Resource does not have the adequate permissions to ${operation} this entity type.`,
  deleteMissing:
    'No message. No matching records found. The logged in Resource may not have the required permissions to delete the data.',
  unknownField: (field: string, entity: string) => `Unable to find ${field} in the ${entity} Entity.`,
  conversion: (value: unknown) => `Conversion failed when converting varchar '${value}' to data type int`,
  tooManyOrs: "Invalid query syntax. Queries are limited to 500 or fewer 'OR' conditions.",
  noFilters: 'Value cannot be null.\r\nParameter name: filters',
  threads: 'Itgenatr005: The API thread threshold of 3 threads has been exceeded for this integration.',
  unknownIntegration: 'IntegrationCode is invalid',
  unknownZone: 'Zone information could not be determined',
} as const;

export const assumed = {
  unknownUser: 'The specified user could not be found.',
  lockedOrWrong: 'Unauthorized',
  hourlyThreshold: 'The API request threshold of this database has been exceeded. Requests are suspended.',
  nullCompare: (field: string) => `Invalid query syntax. A null value cannot be compared for ${field}.`,
  notQueryable: (field: string, entity: string) => `${field} of the ${entity} Entity is not queryable.`,
  badQuery: (why: string) => `Invalid query syntax. ${why}`,
  badDateQuery: 'Conversion failed when converting date and/or time from character string.',
  udfOnce: 'Invalid query syntax. Only one user-defined field may be queried at a time.',
  maxRecords: 'MaxRecords must be between 1 and 500.',
  expiredPage: 'The requested page is no longer available.',
  cannotConvert: (value: unknown, type: string, path: string) =>
    `Could not convert string to ${type}: ${value}. Path '${path}', line 1, position 1.`,
  notJson: 'The request body could not be read as a JSON object.',
  unknownUdf: (name: string) => `User-defined field '${name}' does not exist.`,
  noSuchRecord:
    'No matching records found. The logged in Resource may not have the required permissions to update the data.',
  otherParent: (field: string) => `${field} does not match the address of the request.`,
  lockedTicket: 'The ticket is locked and cannot be changed.',
} as const;

/** A refusal of the application: status 500 and texts (fact sheet autotask §3.1). */
export function refuse(...errors: string[]): Answer {
  return jsonAnswer(500, { errors });
}

/** Thrown inside query and write code to leave with a refusal; turned into its answer by `handleCall`. */
export class Refusal extends Error {
  readonly errors: readonly string[];

  constructor(...errors: string[]) {
    super(errors.join(' '));
    this.errors = errors;
  }
}

export function noRoute(path: string): Answer {
  return jsonAnswer(404, { Message: `No HTTP resource was found that matches the request URI '${path}'.` });
}

export function wrongMethod(method: string): Answer {
  return jsonAnswer(405, { Message: `The requested resource does not support http method '${method}'.` });
}
