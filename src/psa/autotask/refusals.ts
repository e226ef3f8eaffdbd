/**
 * The texts by which Autotask refuses (fact sheet autotask §3.3), as a table. Only stable fragments are compared,
 * because a suffix such as "; on record number [1]." comes and goes. A text that is not in the table proves nothing.
 */
import type { RefusalReason } from '../contract.ts';

/** What one error text proves. `vendorField` is the field as Autotask names it. */
export type Verdict =
  | { kind: 'refused'; reason: RefusalReason; cause: Cause; vendorField?: string }
  /** The server broke off; what it had done by then is open (§8, doubt 12). */
  | { kind: 'transient' }
  | { kind: 'unrecognised' };

type Cause = 'threads' | 'threshold' | 'trackingIdentifier' | 'permission' | 'locked' | 'field' | 'query';

interface Row {
  /** A first group, if there is one, captures the field. */
  pattern: RegExp;
  cause: Cause;
  reason?: RefusalReason;
  vendorField?: string;
}

// Anchored where the vendor's text is known from its beginning: texts of alerts may come back inside an error.
const table: readonly Row[] = [
  // §3.4. Met with statuses other than 429 too.
  { pattern: /thread threshold|Itgenatr005/i, cause: 'threads', reason: 'rateLimited' },
  // §3.5. Wording unknown; anything about a threshold means a pause for the whole tenant.
  { pattern: /\bthreshold\b/i, cause: 'threshold', reason: 'rateLimited' },
  // §1.4. Wording approximate.
  { pattern: /integration\s?code/i, cause: 'trackingIdentifier', reason: 'auth' },
  { pattern: /does not have the adequate permissions/i, cause: 'permission' },
  // Wording unknown; a locked ticket takes neither notes nor changes.
  { pattern: /^The ticket (?:\S+ )?is (?:locked|read-?only)\b/i, cause: 'locked' },
  // §3.3 from here on. The first is known from deletions; a change of a missing record is assumed to say the same.
  { pattern: /^(?:No message\. )?No matching records found/i, cause: 'field', reason: 'notFound' },
  { pattern: /^Missing Required Field: (\w+)/i, cause: 'field' },
  { pattern: /^Value does not exist for the required field (\w+)/i, cause: 'field' },
  { pattern: /^Value does not exist for child picklist: (\w+)/i, cause: 'field' },
  { pattern: /^Picklist value \[[^\]]*\] does not exist for (\w+)/i, cause: 'field' },
  { pattern: /^(\w+) is required\b/i, cause: 'field' },
  { pattern: /queueID cannot all be empty/i, cause: 'field', vendorField: 'queueID' },
  { pattern: /you must assign both a (assignedResourceID)/i, cause: 'field' },
  { pattern: /^The specified (AssignedResourceID) and \w+ combination is not/i, cause: 'field' },
  {
    pattern: /^(?:Data violation: )?(\w+)(?: \[\d+\])? is not associated to (?:the )?companyID/i,
    cause: 'field',
  },
  { pattern: /^The (companyLocationID) ?\[\d+\] cannot be associated/i, cause: 'field' },
  { pattern: /^Reference value on field: (\w+) .*does not exist or is invalid/i, cause: 'field' },
  { pattern: /^(\w+): Value \S+ does not exist or is invalid/i, cause: 'field' },
  { pattern: /^Value does not reference an existing entity for (\w+)/i, cause: 'field' },
  { pattern: /^String value exceeds maximum length \(field: ?(\w+)\)/i, cause: 'field' },
  { pattern: /^Data violation: /i, cause: 'field' },
  { pattern: /^Unexpected character encountered while parsing value(?:.*Path '(\w+)')?/i, cause: 'field' },
  { pattern: /; ?on record number \[\d+\]\.?$/i, cause: 'field' },
  { pattern: /^Unable to find (\w+) in the \w+ Entity/i, cause: 'query' },
  { pattern: /^Conversion failed when converting/i, cause: 'query' },
  { pattern: /^Invalid query syntax/i, cause: 'query' },
  { pattern: /Parameter name: filters/i, cause: 'query' },
];

/** Whether the server broke off the call instead of refusing it (§8, doubt 12). */
export function isTransient(texts: readonly string[]): boolean {
  return texts.some((text) => /dead\s?lock|time-?out|timed out/i.test(text));
}

/**
 * What the texts of one answer prove together. A write fails or succeeds as a whole (§2.3), so one recognised
 * refusal is enough; but the words of a server that broke off outweigh it.
 */
export function judgeErrorTexts(texts: readonly string[]): Verdict {
  const rows = texts.flatMap((text) => matchRow(text.trim()));
  if (isTransient(texts)) return { kind: 'transient' };
  return rows.find((row) => row.reason === 'rateLimited') ?? rows[0] ?? { kind: 'unrecognised' };
}

function matchRow(text: string): Extract<Verdict, { kind: 'refused' }>[] {
  for (const row of table) {
    const match = row.pattern.exec(text);
    if (!match) continue;
    const vendorField = row.vendorField ?? match[1];
    const reason = row.reason ?? 'invalid';
    return [{ kind: 'refused', reason, cause: row.cause, ...(vendorField ? { vendorField } : {}) }];
  }
  return [];
}

/** The texts of an answer, and whether they came as `errors`, the shape of a refusal (§3.1). */
export function readErrorTexts(body: string): { shape: 'errors' | 'message' | 'other'; texts: string[] } {
  const members = readMembers(body);
  const errors = members.get('errors');
  if (Array.isArray(errors)) {
    return {
      shape: 'errors',
      texts: errors.map((text) => (typeof text === 'string' ? text : JSON.stringify(text))),
    };
  }
  const message = members.get('message');
  if (typeof message === 'string') return { shape: 'message', texts: [message] };
  return { shape: 'other', texts: [] };
}

function readMembers(body: string): ReadonlyMap<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value !== 'object' || value === null) return new Map();
    return new Map(Object.entries(value).map(([key, member]) => [key.toLowerCase(), member]));
  } catch {
    return new Map();
  }
}
