/** The PSA's own words for its things, with the ids behind; what has no name that is known goes by its id alone. */
import type { Connection } from './types.ts';

/** The list that contacts stand in, beside the lists of choices. */
export const contactList = 'contact';

/** "Medium (id 2)", or "2". */
export function named(id: string, names: ReadonlyMap<string, string> | undefined): string {
  const name = names?.get(id);
  return name === undefined ? id : `${name} (id ${id})`;
}

/** A priority of the list that the connection maps severities to. */
export function priorityName(
  id: string,
  { tickets, choiceNames }: Pick<Connection, 'tickets' | 'choiceNames'>,
): string {
  const { priorityList } = tickets;
  return named(id, priorityList === undefined ? undefined : choiceNames.get(priorityList));
}
