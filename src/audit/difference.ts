/** What a change comes to: the members that differ, cut to a size that stays readable. */
import { isPlain } from './chain.ts';
import type { Members } from './types.ts';

/** Of a list, or of the members of one thing, so many that differ are kept; how many there were is said. */
const mostKept = 50;
const mostCharacters = 2_000;
/** Of both sides together, as JSON. */
const mostBytes = 100_000;

export interface Difference {
  before: Members;
  after: Members;
}

/** Absent stands for a thing that is made or removed. Members that are undefined count as absent. */
export function differenceOf(before: Members | undefined, after: Members | undefined): Difference {
  const found = differingMembers(asJson(before), asJson(after));
  const bytes = Buffer.byteLength(JSON.stringify(found));
  if (bytes <= mostBytes) return found;
  return { before: { tooLarge: namesOf(found.before) }, after: { tooLarge: namesOf(found.after) } };
}

/** What is hashed is what is stored. */
const asJson = (members: Members = {}): Members => JSON.parse(JSON.stringify(members)) as Members;

const namesOf = (members: Members): string[] => Object.keys(members).slice(0, mostKept).map(cut);

/** Names come from people too: one that every object answers to is not there unless it was put there. */
const own = (members: Members, name: string): unknown =>
  Object.hasOwn(members, name) ? members[name] : undefined;

function differingMembers(before: Members, after: Members): Difference {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const pairs = names.flatMap((name) => {
    const pair = differingPair(own(before, name), own(after, name));
    return pair ? [{ name, ...pair }] : [];
  });
  const kept = pairs.slice(0, mostKept);
  const further = pairs.length - kept.length;
  return {
    before: membersOf(kept.map(({ name, before }) => [name, before])),
    after: membersOf([
      ...kept.map(({ name, after }): [string, unknown] => [name, after]),
      ...(further > 0 ? [['furtherChanges', further] satisfies [string, unknown]] : []),
    ]),
  };
}

const membersOf = (entries: [string, unknown][]): Members =>
  Object.fromEntries(entries.filter(([, value]) => value !== undefined));

/** Undefined when both are the same. */
function differingPair(before: unknown, after: unknown): { before?: unknown; after?: unknown } | undefined {
  if (JSON.stringify(before) === JSON.stringify(after)) return undefined;
  if (isPlain(before ?? {}) && isPlain(after ?? {}) && (isPlain(before) || isPlain(after))) {
    const found = differingMembers((before ?? {}) as Members, (after ?? {}) as Members);
    // A thing without members that comes or goes differs all the same.
    return {
      ...(before != null && { before: found.before }),
      ...(after != null && { after: found.after }),
    };
  }
  return { before: shortened(before, after), after: shortened(after, before) };
}

/** A value beside what it became, or was. */
function shortened(value: unknown, other: unknown): unknown {
  if (typeof value === 'string') return cut(value);
  if (!Array.isArray(value) || value.length <= mostKept) return value;
  const others = new Set((Array.isArray(other) ? other : []).map((one) => JSON.stringify(one)));
  const differing = value.filter((one) => !others.has(JSON.stringify(one)));
  return { number: value.length, differing: differing.slice(0, mostKept) };
}

function cut(text: string): string {
  if (text.length <= mostCharacters) return text;
  return `${text.slice(0, mostCharacters)}… (${text.length} characters)`;
}
