import { picklistSeed } from './picklistSeed.ts';

export type PicklistValue = {
  value: number;
  label: string;
  isDefaultValue: boolean;
  sortOrder: number;
  parentValue: number | undefined;
  isActive: boolean;
  isSystem: boolean;
};

export type PicklistChange = Partial<Omit<PicklistValue, 'value'>>;

/** The picklists of the tenant by `Entity.field`. Values can be switched off and added while it runs. */
export class Picklists {
  readonly #lists = new Map<string, Map<number, PicklistValue>>();
  /** Rises with every change, so that prepared metadata can tell when it is stale. */
  version = 0;

  constructor() {
    for (const [key, text] of Object.entries(picklistSeed)) this.#lists.set(key, readList(text));
    for (const [own, ticket] of sharedWithDefaults) {
      this.#share(`Tickets.${ticket}`, `TicketCategoryFieldDefaults.${own}`);
    }
  }

  values(entity: string, field: string): PicklistValue[] {
    return [...(this.#lists.get(`${entity}.${field}`)?.values() ?? [])];
  }

  find(entity: string, field: string, value: unknown): PicklistValue | undefined {
    return this.#lists.get(`${entity}.${field}`)?.get(value as number);
  }

  label(entity: string, field: string, value: unknown): string | undefined {
    return this.find(entity, field, value)?.label;
  }

  /** Changes a value, or adds it when there is none. Answers with a sentence when there is no such list. */
  change(key: string, value: number, change: PicklistChange): string | undefined {
    const list = this.#lists.get(key.includes('.') ? key : `Tickets.${key}`);
    if (!list) return `no picklist ${key}`;
    const fresh: PicklistValue = {
      value,
      label: `Value ${value}`,
      isDefaultValue: false,
      sortOrder: list.size + 1,
      parentValue: undefined,
      isActive: true,
      isSystem: false,
    };
    list.set(value, { ...(list.get(value) ?? fresh), ...change });
    this.version += 1;
    return undefined;
  }

  #share(from: string, to: string): void {
    const list = this.#lists.get(from);
    if (list) this.#lists.set(to, list);
  }
}

/** The category defaults name the ticket's lists with an ID at the end (fact sheet autotask §4.3). */
const sharedWithDefaults: readonly [string, string][] = [
  ['status', 'status'],
  ['priority', 'priority'],
  ['queueID', 'queueID'],
  ['sourceID', 'source'],
  ['issueTypeID', 'issueType'],
  ['subIssueTypeID', 'subIssueType'],
  ['ticketTypeID', 'ticketType'],
  ['serviceLevelAgreementID', 'serviceLevelAgreementID'],
];

function readList(text: string): Map<number, PicklistValue> {
  const values = new Map<number, PicklistValue>();
  for (const line of text.trim().split('\n')) {
    const [, number, label = '', marks = ''] = /^\s*(-?\d+) ([^|]+)(?:\|(.*))?$/.exec(line) ?? [];
    if (number === undefined) throw new Error(`picklist: cannot read "${line}"`);
    const words = marks.trim().split(/\s+/);
    const parent = words.find((word) => word.startsWith('of:'));
    values.set(Number(number), {
      value: Number(number),
      label: label.trim(),
      isDefaultValue: words.includes('default'),
      sortOrder: values.size + 1,
      parentValue: parent ? Number(parent.slice(3)) : undefined,
      isActive: !words.includes('inactive'),
      isSystem: words.includes('system'),
    });
  }
  return values;
}
