/** How Autotask names what we send (fact sheet autotask §4.1, §4.2), and what it is on our side. */

export interface SentField {
  /** Our name: a declared key, or `account`, `contact`, `contract`, `ticket`, `description`, `key`. */
  key: string;
  /** As people know it. */
  words: string;
}

const shared: readonly [string, SentField][] = [
  ['description', { key: 'description', words: 'description' }],
];

/** By Autotask's name in lower case. */
export const ticketFields: ReadonlyMap<string, SentField> = new Map([
  ...shared,
  ['companyid', { key: 'account', words: 'account' }],
  ['contactid', { key: 'contact', words: 'contact' }],
  ['contractid', { key: 'contract', words: 'contract' }],
  ['title', { key: 'ticketSubject', words: 'title' }],
  ['ticketcategory', { key: 'ticketCategory', words: 'ticket category' }],
  ['tickettype', { key: 'ticketType', words: 'ticket type' }],
  ['status', { key: 'ticketStatus', words: 'status' }],
  ['queueid', { key: 'ticketQueue', words: 'queue' }],
  ['source', { key: 'ticketSource', words: 'source' }],
  ['priority', { key: 'priorities', words: 'priority' }],
  ['duedatetime', { key: 'dueHours', words: 'due date' }],
  ['issuetype', { key: 'issueType', words: 'issue type' }],
  ['subissuetype', { key: 'subIssueType', words: 'sub-issue type' }],
  ['externalid', { key: 'key', words: 'external id' }],
]);

/** By Autotask's name in lower case. */
export const noteFields: ReadonlyMap<string, SentField> = new Map([
  ...shared,
  ['ticketid', { key: 'ticket', words: 'ticket' }],
  ['title', { key: 'noteTitle', words: 'title' }],
  ['notetype', { key: 'noteType', words: 'note type' }],
  ['publish', { key: 'noteVisibility', words: 'visibility' }],
]);
