import { describe, expect, it } from 'vitest';
import type { PsaReply } from '../contract.ts';
import { createScrub } from './evidence.ts';
import { noteFields, ticketFields } from './fieldNames.ts';
import { judgeCreate, judgeRead } from './outcome.ts';
import { countSchema, thresholdSchema } from './types.ts';

const now = Date.UTC(2026, 10, 20, 12, 0, 0);
const scrub = createScrub({ username: 'api@MSP.EXAMPLE', secret: 'S3cr$t', integrationCode: 'CODE0001' });
const judging = { scrub, now, thing: 'ticket', fields: ticketFields } as const;

function answered(status: number, text: string, headers: Record<string, string> = {}): PsaReply {
  return { kind: 'answered', status, headers: { 'content-type': 'application/json', ...headers }, text };
}

function errors(...texts: string[]): string {
  return JSON.stringify({ errors: texts });
}

describe('a create that succeeds', () => {
  it.each([
    ['200 with an id', 200, '{"itemId":29683}', 29683],
    ['the id in another letter case', 200, '{"ItemID":29683}', 29683],
    ['201, which Autotask does not use', 201, '{"itemId":1}', 1],
    ['the largest whole number that JSON carries', 200, '{"itemId":9007199254740991}', 9007199254740991],
    ['members that we do not know', 200, '{"itemId":5,"extra":{"a":[1]}}', 5],
  ])('%s is done', (_, status, text, id) => {
    expect(judgeCreate(answered(status, text), judging)).toEqual({ kind: 'done', id });
  });
});

describe('a create whose answer proves nothing (J-2, J-4 to J-7)', () => {
  const html = '<html><body>Bad gateway</body></html>';
  it.each<[string, PsaReply]>([
    ['itemId null', answered(200, '{"itemId":null}')],
    ['itemId absent', answered(200, '{}')],
    ['itemId 0', answered(200, '{"itemId":0}')],
    ['itemId negative', answered(200, '{"itemId":-4}')],
    ['itemId as text', answered(200, '{"itemId":"29683"}')],
    ['itemId with a fraction', answered(200, '{"itemId":1.5}')],
    ['itemId 2^53+1', answered(200, '{"itemId":9007199254740993}')],
    ['an empty 200', answered(200, '')],
    ['204', answered(204, '')],
    ['null', answered(200, 'null')],
    ['an array', answered(200, '[{"itemId":1}]')],
    ['truncated JSON', answered(200, '{"itemId":29')],
    ['a challenge page with 200', answered(200, html, { 'content-type': 'text/html' })],
    ['errors inside a 200', answered(200, errors('Picklist value [3] does not exist for priority.'))],
    ['408', answered(408, '')],
    ['413, which no table names', answered(413, '')],
    ['500 without a body', answered(500, '')],
    ['500 as HTML', answered(500, html)],
    ['500 with a Message only', answered(500, '{"Message":"An error has occurred."}')],
    ['500 with a known text as Message', answered(500, '{"Message":"queueID is required"}')],
    ['500 with errors that are no list', answered(500, '{"errors":"Missing Required Field: title."}')],
    ['500 with no texts', answered(500, errors())],
    ['500 with a text that we do not know', answered(500, errors('Something else went wrong.'))],
    ['500 with a deadlock', answered(500, errors('Transaction was deadlocked on lock resources.'))],
    ['500 with a time-out', answered(500, errors('Execution Timeout Expired.'))],
    ['a time-out beside a known text', answered(500, errors('queueID is required', 'The wait timed out'))],
    ['502 as HTML', answered(502, html)],
    ['502 with a known text', answered(502, errors('queueID is required'))],
    ['503', answered(503, '', { 'retry-after': '5' })],
    ['504', answered(504, '')],
    ['a time-out on our side', { kind: 'unknown', reason: 'timeout', detail: 'No answer in 60 s.' }],
    ['a reset', { kind: 'unknown', reason: 'reset', detail: 'The connection ended.' }],
    ['half an answer', { kind: 'unknown', reason: 'truncated', detail: '', status: 200, partial: '{"it' }],
  ])('%s is uncertain', (_, reply) => {
    const outcome = judgeCreate(reply, judging);
    expect(outcome.kind).toBe('uncertain');
    expect(outcome.kind === 'uncertain' && outcome.evidence).not.toBe('');
  });
});

describe('refusals of tickets by their text (fact sheet autotask §3.3)', () => {
  it.each([
    ['Missing Required Field: title. ; on record number [1].', 'ticketSubject'],
    ['Missing Required Field: somethingNew. ; on record number [1].', undefined],
    ['Value does not exist for the required field companyID. ; on record number [1].', 'account'],
    ['Picklist value [3] does not exist for priority. ; on record number [1].', 'priorities'],
    ['Picklist value [3] does not exist for status.', 'ticketStatus'],
    ['Picklist value [3] does not exist for queueID. ; on record number [1].', 'ticketQueue'],
    ['Picklist value [-1] does not exist for source.; on record number [0].', 'ticketSource'],
    ['Picklist value [9] does not exist for ticketCategory.', 'ticketCategory'],
    ['Picklist value [9] does not exist for TicketType.', 'ticketType'],
    ['Picklist value [9] does not exist for issueType.', 'issueType'],
    ['dueDateTime is required.; on record number [0].', 'dueHours'],
    ['queueID is required', 'ticketQueue'],
    [
      'assignedResourceID, assignedResourceRoleID, and queueID cannot all be empty. Supply a queueID or both an assignedResourceID and assignedResourceRoleID.',
      'ticketQueue',
    ],
    [
      'Data violation: When assigning a Resource, you must assign both a assignedResourceID and assignedResourceRoleID.',
      undefined,
    ],
    ['The specified AssignedResourceID and AssignedRoleID combination is not currently defined', undefined],
    ['Data violation: contactID is not associated to the companyID or its Parent Company..', 'contact'],
    ['contractID [29683617] is not associated to companyID [423] or its parent.', 'contract'],
    [
      "The companyLocationID[285] cannot be associated with the Ticket. The CompanyLocation must belong to the Ticket's, ConfigurationItem's, or the Contact's Company.",
      undefined,
    ],
    ['Value does not exist for child picklist: subIssueType', 'subIssueType'],
    ['Reference value on field: contactID of type: Contact does not exist or is invalid.', 'contact'],
    ['Reference value on field: companyID of type: Company does not exist or is invalid.', 'account'],
    ['contactID: Value 12345 does not exist or is invalid', 'contact'],
    ['Value does not reference an existing entity for taskType . ', undefined],
    ['String value exceeds maximum length (field:description).', 'description'],
    ['Data violation: a rule that is new.', undefined],
    [
      "Unexpected character encountered while parsing value: t. Path 'queueID', line 1, position 9.",
      'ticketQueue',
    ],
    ['Anything; on record number [1].', undefined],
  ])('%s', (text, field) => {
    const outcome = judgeCreate(answered(500, errors(text)), judging);
    expect(outcome).toMatchObject({ kind: 'refused', reason: 'invalid' });
    expect(outcome.kind === 'refused' && outcome.field).toBe(field);
  });

  it('takes one known text among several', () => {
    const text = errors(
      'String value exceeds maximum length (field:description).',
      'Error updating entity for record number [1].',
    );
    expect(judgeCreate(answered(500, text), judging)).toMatchObject({
      kind: 'refused',
      field: 'description',
    });
  });

  it('gives one sentence without the record number', () => {
    const outcome = judgeCreate(
      answered(500, errors('Picklist value [3] does not exist for priority. ; on record number [1].')),
      judging,
    );
    expect(outcome).toEqual({
      kind: 'refused',
      reason: 'invalid',
      field: 'priorities',
      text: 'Autotask refused the priority of the ticket: "Picklist value [3] does not exist for priority."',
    });
  });

  it('names the fields of a note as those of a note', () => {
    const note = { ...judging, thing: 'note', fields: noteFields } as const;
    const fieldOf = (text: string) => {
      const outcome = judgeCreate(answered(500, errors(text)), note);
      return outcome.kind === 'refused' ? outcome.field : outcome.kind;
    };
    expect(fieldOf('Picklist value [13] does not exist for noteType.')).toBe('noteType');
    expect(fieldOf('Picklist value [3] does not exist for publish.')).toBe('noteVisibility');
    expect(fieldOf('Missing Required Field: title. ; on record number [1].')).toBe('noteTitle');
    expect(fieldOf('Reference value on field: ticketID of type: Ticket does not exist or is invalid.')).toBe(
      'ticket',
    );
  });
});

describe('refusals by status', () => {
  it.each([
    [301, '', 'serverError'],
    [307, '', 'serverError'],
    [400, errors('Something else.'), 'invalid'],
    [400, '', 'invalid'],
    [401, '', 'auth'],
    [401, errors('Unauthorized'), 'auth'],
    [403, '<html>', 'invalid'],
    [404, '{"Message":"No HTTP resource was found."}', 'notFound'],
    [405, '{"Message":"The requested resource does not support http method \'GET\'."}', 'invalid'],
    [409, '', 'invalid'],
    [422, '{"errors":["no"]}', 'invalid'],
    [429, '<html>slow down</html>', 'rateLimited'],
    [500, errors('IntegrationCode is invalid'), 'auth'],
    [
      500,
      errors('The logged in Resource does not have the adequate permissions to create this entity type.'),
      'invalid',
    ],
  ])('%i %s is refused as %s', (status, text, reason) => {
    expect(judgeCreate(answered(status, text), judging)).toMatchObject({ kind: 'refused', reason });
  });

  it('names the field of a 400 as of a 500', () => {
    expect(judgeCreate(answered(400, errors('queueID is required')), judging)).toMatchObject({
      field: 'ticketQueue',
    });
  });

  it.each(['dns', 'connect', 'tls', 'address', 'permit'])('not sent for %s is refused', (reason) => {
    const reply: PsaReply = { kind: 'notSent', reason, detail: 'No connection.' };
    expect(judgeCreate(reply, judging)).toMatchObject({ kind: 'refused', reason: 'network' });
  });
});

describe('limits (J-1)', () => {
  const threads = errors('Itgenatr005: The API thread threshold of 3 threads has been exceeded.');
  const hourly = errors('The API request threshold of this database has been exceeded.');
  it.each([
    ['thread limit with 429', 429, threads, 3_000],
    ['thread limit with 500', 500, threads, 3_000],
    ['thread limit with 503', 503, threads, 3_000],
    ['thread limit with 400', 400, threads, 3_000],
    ['hourly threshold with 429', 429, hourly, 300_000],
    ['hourly threshold with 500', 500, hourly, 300_000],
    ['429 without a text', 429, '', undefined],
  ])('%s', (_, status, text, retryAfterMs) => {
    const outcome = judgeCreate(answered(status, text), judging);
    expect(outcome).toMatchObject({ kind: 'refused', reason: 'rateLimited' });
    expect(outcome.kind === 'refused' && outcome.retryAfterMs).toBe(retryAfterMs);
  });

  it.each([
    ['7', 7_000],
    ['Fri, 20 Nov 2026 12:00:30 GMT', 30_000],
    ['99999999', 3_600_000],
    ['Sat, 21 Nov 2026 12:00:00 GMT', 3_600_000],
    ['-1', undefined],
    ['0', undefined],
    ['soon', undefined],
    ['1.5', undefined],
    ['Fri, 20 Nov 2026 11:00:00 GMT', undefined],
    ['', undefined],
  ])('Retry-After "%s"', (header, retryAfterMs) => {
    const outcome = judgeCreate(answered(429, '', { 'retry-after': header }), judging);
    expect(outcome.kind === 'refused' && outcome.retryAfterMs).toBe(retryAfterMs);
  });

  it('a Retry-After outweighs the usual pause', () => {
    const outcome = judgeCreate(answered(500, threads, { 'retry-after': '60' }), judging);
    expect(outcome).toMatchObject({ retryAfterMs: 60_000 });
  });

  it('the text of the alert, repeated in an error, proves nothing', () => {
    const title = 'CPU threshold exceeded';
    const text = errors(`The rule "mail" failed for ${title}.`);
    expect(judgeCreate(answered(500, text), { ...judging, sent: () => [title] }).kind).toBe('uncertain');
    expect(judgeCreate(answered(500, text), judging).kind).toBe('refused');
  });

  it('a threshold mentioned by an outage proves nothing', () => {
    expect(judgeCreate(answered(502, hourly), judging).kind).toBe('uncertain');
  });
});

describe('reads', () => {
  const context = { scrub, now };
  it('gives what the schema reads', () => {
    expect(judgeRead(answered(200, '{"QueryCount":3}'), countSchema, context)).toEqual({
      kind: 'ok',
      value: { queryCount: 3 },
    });
  });

  it('names the member that is missing (J-12)', () => {
    const read = judgeRead(answered(200, '{"externalRequestThreshold":10000}'), thresholdSchema, context);
    expect(read).toMatchObject({ kind: 'refused', reason: 'invalid' });
    expect(read.kind === 'refused' && read.text).toContain('requestThresholdTimeframe');
  });

  it.each([
    ['{}', 'queryCount'],
    ['{"queryCount":"many"}', 'queryCount'],
    ['{"queryCount":null,"other":1}', 'queryCount'],
  ])('JSON without what we need will be so again: %s', (text, member) => {
    const read = judgeRead(answered(200, text), countSchema, context);
    expect(read).toMatchObject({ kind: 'refused', reason: 'invalid' });
    expect(read.kind === 'refused' && read.text).toContain(`"${member}"`);
  });

  it.each<[string, PsaReply, string]>([
    ['HTML with 200', answered(200, '<html>'), 'serverError'],
    ['an empty 200', answered(200, ''), 'serverError'],
    ['a 200 that is no object', answered(200, 'null'), 'serverError'],
    ['a 200 that breaks off', answered(200, '{"queryCount":'), 'serverError'],
    ['502', answered(502, '<html>'), 'serverError'],
    ['408', answered(408, ''), 'timeout'],
    ['500 with an unknown text', answered(500, errors('Who knows.')), 'serverError'],
    ['500 with a deadlock', answered(500, errors('deadlock victim')), 'serverError'],
    ['500 for a bad query', answered(500, errors('Unable to find x in the Ticket Entity.')), 'invalid'],
    ['500 for too many conditions', answered(500, errors('Invalid query syntax. Too many.')), 'invalid'],
    ['401', answered(401, ''), 'auth'],
    ['429', answered(429, ''), 'rateLimited'],
    ['a time-out', { kind: 'unknown', reason: 'timeout', detail: 'No answer.' }, 'timeout'],
    ['a reset', { kind: 'unknown', reason: 'reset', detail: 'Gone.' }, 'network'],
    ['not sent', { kind: 'notSent', reason: 'dns', detail: 'No such host.' }, 'network'],
  ])('%s is refused', (_, reply, reason) => {
    expect(judgeRead(reply, countSchema, context)).toMatchObject({ kind: 'refused', reason });
  });
});

describe('evidence', () => {
  const evidence = (text: string) => {
    const outcome = judgeCreate(answered(502, text), judging);
    return outcome.kind === 'uncertain' ? outcome.evidence : '';
  };

  it('carries no credentials in any spelling', () => {
    const spilled = evidence('user api@msp.example or api%40MSP.EXAMPLE, secret S3cr$t S3cr%24t, CODE0001');
    expect(spilled).not.toMatch(/api(@|%40)msp|S3cr|CODE0001/i);
    expect(spilled).toContain('HTTP 502');
  });

  it('is cut at 2 kB after scrubbing, never within a character', () => {
    const long = evidence(`${'x'.repeat(1_900)}S3cr$t${'😀'.repeat(400)}`);
    expect(Buffer.byteLength(long)).toBeLessThanOrEqual(2_048);
    expect(Buffer.byteLength(long)).toBeGreaterThan(2_040);
    expect(long).not.toMatch(/S3c|\ufffd/);
  });

  it('a refusal is scrubbed, of one line, and short', () => {
    const text = errors(`Data violation: S3cr$t\r\n${'y'.repeat(3_000)}`);
    const outcome = judgeCreate(answered(500, text), judging);
    expect(outcome.kind).toBe('refused');
    const sentence = outcome.kind === 'refused' ? outcome.text : '';
    expect(sentence).not.toMatch(/S3cr|[\r\n]/);
    expect(sentence.length).toBeLessThan(500);
  });
});
