/** What the simulator knows about one field of an entity; the words are those of the field metadata. */
export type Field = {
  name: string;
  dataType: 'integer' | 'long' | 'double' | 'boolean' | 'datetime' | 'string';
  /** Longest text in UTF-16 units; 0 for everything but strings. */
  length: number;
  isRequired: boolean;
  isReadOnly: boolean;
  /** Settable at create only. */
  isCreateOnly: boolean;
  isQueryable: boolean;
  isPickList: boolean;
  /** The field whose value decides which values of this list are allowed. */
  picklistParent: string | undefined;
  /** Singular name of the entity that the number points to. */
  reference: string | undefined;
};

const dataTypes = {
  int: 'integer',
  long: 'long',
  dbl: 'double',
  bool: 'boolean',
  dt: 'datetime',
  str: 'string',
} as const;

/**
 * Reads a compact field table, one field a line: `name:type[length][!] [words]`. `!` is required; words are `ro`
 * read-only, `co` create-only, `nq` not queryable, `pick` picklist, `p:field` parent of a picklist, `->X` reference.
 */
export function readFields(table: string): Field[] {
  return table
    .trim()
    .split('\n')
    .map((line) => readField(line.trim()));
}

function readField(line: string): Field {
  const found = /^(\w+):(int|long|dbl|bool|dt|str)(\d*)(!?)(.*)$/.exec(line);
  if (!found) throw new Error(`field table: cannot read "${line}"`);
  const [, name = '', type = '', length, required, rest = ''] = found;
  const words = rest.trim().split(/\s+/);
  return {
    name,
    dataType: dataTypes[type as keyof typeof dataTypes],
    length: Number(length),
    isRequired: required === '!',
    isReadOnly: words.includes('ro'),
    isCreateOnly: words.includes('co'),
    isQueryable: !words.includes('nq'),
    isPickList: words.includes('pick'),
    picklistParent: words.find((word) => word.startsWith('p:'))?.slice(2),
    reference: words.find((word) => word.startsWith('->'))?.slice(2),
  };
}
