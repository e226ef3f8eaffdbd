/** The rows of the mapping table: what is stored, what was changed since, what is suggested. Pure. */
import type { Organization } from '../../../api/types.ts';
import { finder } from '../mapping/search.ts';
import type { Mapping, Stored } from '../mapping/set.ts';
import type { Suggestion } from './queries.ts';

/** Where the tickets of an organization shall go; null: nowhere of its own, so to the catch-all. */
export type Target = {
  accountId: string;
  accountName: string;
  contactId: string | null;
  /** Why it exists. */
  note?: string;
  /** When somebody looks at it again, as a day. */
  reviewOn?: string | null;
} | null;

/** What was changed and is not stored yet, by organization. */
export type Changes = ReadonlyMap<string, Target>;

export interface Row {
  organizationId: string;
  name: string;
  target: Target;
  /** False: the PSA does not offer the account any more. */
  isActive: boolean;
  suggestion: Suggestion | undefined;
  /** Other organizations with the same account (decision 8). */
  sharedWith: number;
  /** Its tickets go to another connection, on purpose (decision 7). */
  isElsewhere: boolean;
}

export type Show = 'open' | 'mapped' | 'suggested';

interface Given {
  connectionId: string;
  organizations: readonly Organization[];
  stored: Stored;
  changes: Changes;
  suggestions: ReadonlyMap<string, Suggestion>;
  ignored: ReadonlySet<string>;
}

/** What is stored, as a target. */
export const targetOf = (mapping: Mapping | undefined): Target =>
  mapping
    ? {
        accountId: mapping.accountId,
        accountName: mapping.accountName ?? `Account ${mapping.accountId}`,
        contactId: mapping.contactId,
        note: mapping.note,
        reviewOn: mapping.reviewOn,
      }
    : null;

export const isSame = (one: Target, other: Target): boolean =>
  one?.accountId === other?.accountId &&
  (one?.contactId ?? null) === (other?.contactId ?? null) &&
  (one?.note ?? '') === (other?.note ?? '') &&
  (one?.reviewOn ?? null) === (other?.reviewOn ?? null);

/** The suggestion of a row as its target. */
export const acceptedOf = ({ suggestion }: Row): Target =>
  suggestion
    ? { accountId: suggestion.accountId, accountName: suggestion.accountName, contactId: null }
    : null;

/** All rows, by name. */
export function rowsOf({ connectionId, organizations, stored, changes, suggestions, ignored }: Given): Row[] {
  const targets = new Map<string, Target>();
  const users = new Map<string, number>();
  for (const { id } of organizations) {
    const target = changes.has(id) ? (changes.get(id) ?? null) : targetOf(stored.get(id));
    targets.set(id, target);
    if (target) users.set(target.accountId, (users.get(target.accountId) ?? 0) + 1);
  }
  const rows = organizations.map(({ id, name, connectionId: chosen }): Row => {
    const target = targets.get(id) ?? null;
    const suggestion = suggestions.get(id);
    const isOffered = !target && suggestion && !ignored.has(suggestion.accountId);
    return {
      organizationId: id,
      name,
      target,
      isActive: changes.has(id) || stored.get(id)?.accountIsActive !== false,
      suggestion: isOffered ? suggestion : undefined,
      sharedWith: target ? (users.get(target.accountId) ?? 1) - 1 : 0,
      isElsewhere: chosen !== null && chosen !== connectionId,
    };
  });
  return rows.sort((one, other) => byName.compare(one.name, other.name));
}

const byName = new Intl.Collator('en', { sensitivity: 'base', numeric: true });

/** The rows that are to be seen. */
export function shownRows(rows: readonly Row[], q: string, show: Show | undefined): Row[] {
  const isFound = finder(q);
  return rows.filter((row) => isShown(row, show) && isFound(textOf(row)));
}

function isShown({ target, suggestion, isElsewhere }: Row, show: Show | undefined): boolean {
  if (show === 'open') return !target && !isElsewhere;
  if (show === 'mapped') return target !== null;
  if (show === 'suggested') return suggestion !== undefined;
  return true;
}

const textOf = ({ name, target, suggestion }: Row): string =>
  `${name} ${target?.accountName ?? suggestion?.accountName ?? ''}`;

export interface Counts {
  all: number;
  mapped: number;
  open: number;
  suggested: number;
  exact: number;
}

/** Organizations that go to another connection on purpose are not open here. */
export function countsOf(rows: readonly Row[]): Counts {
  const counts = { all: rows.length, mapped: 0, open: 0, suggested: 0, exact: 0 };
  for (const { target, suggestion, isElsewhere } of rows) {
    if (target) counts.mapped += 1;
    else if (!isElsewhere) counts.open += 1;
    if (suggestion) counts.suggested += 1;
    if (suggestion?.match === 'exact') counts.exact += 1;
  }
  return counts;
}
