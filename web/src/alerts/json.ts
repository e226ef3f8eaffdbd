/** JSON for people, with every number as it was written (promises I-20). */

interface Context {
  /** How a number stands in the text; older browsers do not tell. */
  source?: string;
}
type Reviver = (key: string, value: unknown, context?: Context) => unknown;

const { rawJSON } = JSON as unknown as { rawJSON?: (text: string) => unknown };

/** A number that would change when it is read keeps its text, where the browser can do that. */
const asWritten: Reviver = (_key, value, context) => {
  const source = context?.source;
  const isChanged = typeof value === 'number' && source !== undefined && String(value) !== source;
  return isChanged && rawJSON ? rawJSON(source) : value;
};

/** The member `member` of a JSON text, indented. */
export function indented(text: string, member: string): string {
  const parse = JSON.parse as (text: string, reviver: Reviver) => Record<string, unknown>;
  return JSON.stringify(parse(text, asWritten)[member], undefined, 2) ?? '';
}
