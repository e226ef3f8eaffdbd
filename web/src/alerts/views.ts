/**
 * Views of the alert list that a person has named: each is filters as they stand in the address. They are kept in this
 * browser, apart for each person and workspace; a browser that keeps nothing has only those that are always there.
 */
import { readText, writeText } from '../drafts/keptText.ts';
import { filterIn } from './filterIn.ts';
import type { AlertFilter } from './queries.ts';

export interface View {
  name: string;
  filter: AlertFilter;
}

/** Always there. */
export const standingViews: readonly View[] = [
  { name: 'Failed', filter: { state: 'failed' } },
  {
    name: 'Critical and high, not delivered yet',
    filter: filterIn({ severity: 'critical,high', state: 'pending,sending,uncertain,held,failed' }),
  },
];

export const longestName = 60;
/** So many are still a small menu. */
const mostViews = 20;

const nameOf = (userId: string, workspaceId: string): string => `herald.views.${userId}.${workspaceId}`;

/** Views of one person in one workspace. */
export interface ViewStore {
  /** In the order of their saving; whatever cannot be read counts as not there. */
  read(): View[];
  /** Why it is not saved, in words; undefined when it is. */
  save(view: View): string | undefined;
  remove(name: string): void;
}

export function openViews(userId: string, workspaceId: string): ViewStore {
  const place = nameOf(userId, workspaceId);
  const read = () => parsed(readText(place));
  return {
    read,
    save({ name, filter }) {
      // Read anew: another tab may have saved one meanwhile.
      const before = read();
      if ([...standingViews, ...before].some((one) => isSameName(one.name, name)))
        return 'There is a view of this name: choose another one, or delete that first.';
      if (before.length >= mostViews) return `There are ${mostViews} views: delete one first.`;
      return write(place, [...before, { name, filter }])
        ? undefined
        : 'This browser keeps nothing. Bookmark this page instead: its address holds the filters.';
    },
    remove(name) {
      write(
        place,
        read().filter((one) => one.name !== name),
      );
    },
  };
}

const isSameName = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** Whether the browser has taken it. */
const write = (place: string, views: readonly View[]): boolean =>
  writeText(place, views.length > 0 ? JSON.stringify(views) : null);

function parsed(text: string | null): View[] {
  try {
    const kept: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(kept) ? kept.flatMap(viewIn) : [];
  } catch {
    return [];
  }
}

function viewIn(kept: unknown): View[] {
  const { name, filter } = (kept ?? {}) as Partial<Record<keyof View, unknown>>;
  if (typeof name !== 'string' || typeof filter !== 'object' || filter === null) return [];
  return [{ name: name.slice(0, longestName), filter: filterIn(filter as Record<string, unknown>) }];
}
