/** An entry in words: what was done, and each member that differs, before and after. */
import { isPlain } from './chain.ts';
import type { Entry, Members } from './types.ts';

/** One member that differs. Null: there was nothing, or there is nothing any more. */
export interface Change {
  field: string;
  before: string | null;
  after: string | null;
}

/** Things in things are followed into; their names stand before those of their members. */
export function changesOf({ before, after }: Pick<Entry, 'before' | 'after'>): Change[] {
  return changesIn([], before, after);
}

function changesIn(path: readonly string[], before: Members, after: Members): Change[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name) => {
    const [was, is] = [before, after].map((members) =>
      Object.hasOwn(members, name) ? members[name] : undefined,
    );
    const place = [...path, name];
    if (hasMembers(was) || hasMembers(is)) {
      const [from, to] = [was, is].map((value) => (hasMembers(value) ? value : {}));
      return changesIn(place, from as Members, to as Members);
    }
    const change = { field: fieldWords(place), before: valueWords(was), after: valueWords(is) };
    // Null and absent are told apart by programs only.
    return change.before === change.after ? [] : [change];
  });
}

/** A long list is kept as a thing with members, but is one value to people. */
const hasMembers = (value: unknown): boolean =>
  isPlain(value) && !('differing' in value) && Object.keys(value).length > 0;

/** `steps.tickets.ticketQueue` → "Tickets: ticket queue" */
function fieldWords(path: readonly string[]): string {
  const words = path.filter((name) => name !== 'steps').map(nameWords);
  const text = words.join(': ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Names of our own are in camel case; names that people gave stay as they are. */
const nameWords = (name: string): string =>
  /^[a-z][a-zA-Z]*$/.test(name) ? name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`) : name;

function valueWords(value: unknown): string | null {
  if (value === undefined || value === null || value === '') return null;
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (Array.isArray(value)) return value.map(itemWords).join(', ') || 'none';
  if (!isPlain(value)) return String(value);
  if (Array.isArray(value.differing)) {
    const items = value.differing.map(itemWords).join(', ');
    return `${value.number} in all${items && `, of which differ: ${items}`}`;
  }
  return 'none';
}

/** A member of a list: its values, one after the other. */
function itemWords(item: unknown): string {
  if (!isPlain(item)) return String(valueWords(item) ?? 'none');
  return Object.values(item)
    .filter((value) => value !== null && value !== '')
    .map((value) => (isPlain(value) || Array.isArray(value) ? JSON.stringify(value) : String(value)))
    .join(' ');
}
