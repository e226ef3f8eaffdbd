/** One stored record. Only fields that have a value are kept; readers treat an absent field as null. */
export type Row = Record<string, unknown> & { id: number };

/** A change of stored data, as it is kept in the journal and applied again after a restart. */
export type Change =
  | { op: 'insert'; table: string; row: Row }
  | { op: 'update'; table: string; id: number; set: Record<string, unknown> }
  | { op: 'delete'; table: string; id: number };

type IndexKey = string | number | boolean;

/** Records by id, with indexes on some fields so that equality look-ups never scan. Ids come out ascending. */
export class Table {
  readonly #rows = new Map<number, Row>();
  readonly #ids: number[] = [];
  readonly #indexes = new Map<string, Map<IndexKey, number[]>>();
  readonly #hiddenUntil = new Map<number, number>();
  #nextId: number;

  /** @param indexed fields with an equality index; strings are indexed without regard to case. */
  constructor(indexed: readonly string[], firstId: number) {
    for (const field of indexed) this.#indexes.set(field, new Map());
    this.#nextId = firstId;
  }

  get size(): number {
    return this.#rows.size;
  }

  /** The id that the next new record gets; every call hands out another one. */
  takeId(): number {
    const id = this.#nextId;
    this.#nextId += 1;
    return id;
  }

  get(id: number): Row | undefined {
    return this.#rows.get(id);
  }

  insert(row: Row): void {
    if (this.#rows.has(row.id)) throw new Error(`record ${row.id} exists already`);
    this.#rows.set(row.id, row);
    insertSorted(this.#ids, row.id);
    for (const [field, index] of this.#indexes) addToIndex(index, row[field], row.id);
    if (row.id >= this.#nextId) this.#nextId = row.id + 1;
  }

  update(id: number, set: Record<string, unknown>): void {
    const row = this.#rows.get(id);
    if (!row) return;
    for (const [field, value] of Object.entries(set)) {
      const index = this.#indexes.get(field);
      if (index) removeFromIndex(index, row[field], id);
      if (value === null || value === undefined) delete row[field];
      else row[field] = value;
      if (index) addToIndex(index, value, id);
    }
  }

  delete(id: number): void {
    const row = this.#rows.get(id);
    if (!row) return;
    for (const [field, index] of this.#indexes) removeFromIndex(index, row[field], id);
    this.#rows.delete(id);
    removeSorted(this.#ids, id);
  }

  /** Ids of the records whose field equals one of the values, ascending; undefined when there is no such index. */
  lookUp(field: string, values: readonly unknown[]): number[] | undefined {
    if (field === 'id') {
      const ids = new Set(values.filter((value): value is number => this.#rows.has(value as number)));
      return [...ids].sort((a, b) => a - b);
    }
    const index = this.#indexes.get(field);
    if (!index) return undefined;
    if (values.length === 1) return index.get(indexKey(values[0]) ?? Number.NaN) ?? [];
    const found = new Set<number>();
    for (const value of values)
      for (const id of index.get(indexKey(value) ?? Number.NaN) ?? []) found.add(id);
    return [...found].sort((a, b) => a - b);
  }

  /** Records with an id greater than `afterId`, ascending. */
  *after(afterId: number): Generator<Row> {
    for (let at = firstGreater(this.#ids, afterId); at < this.#ids.length; at += 1) {
      const row = this.#rows.get(this.#ids[at] as number);
      if (row) yield row;
    }
  }

  /** Records with an id less than `beforeId`, descending. */
  *before(beforeId: number): Generator<Row> {
    for (let at = firstGreater(this.#ids, beforeId - 1) - 1; at >= 0; at -= 1) {
      const row = this.#rows.get(this.#ids[at] as number);
      if (row) yield row;
    }
  }

  /** Search does not find the record until then (milliseconds since 1970); reading it by id does. */
  hideUntil(id: number, timeMs: number): void {
    this.#hiddenUntil.set(id, timeMs);
  }

  isHidden(id: number, nowMs: number): boolean {
    if (this.#hiddenUntil.size === 0) return false;
    const until = this.#hiddenUntil.get(id);
    if (until === undefined) return false;
    if (until > nowMs) return true;
    this.#hiddenUntil.delete(id);
    return false;
  }
}

function indexKey(value: unknown): IndexKey | undefined {
  if (typeof value === 'string') return value.toLowerCase();
  return typeof value === 'number' || typeof value === 'boolean' ? value : undefined;
}

function addToIndex(index: Map<IndexKey, number[]>, value: unknown, id: number): void {
  const key = indexKey(value);
  if (key === undefined) return;
  const ids = index.get(key);
  if (ids) insertSorted(ids, id);
  else index.set(key, [id]);
}

function removeFromIndex(index: Map<IndexKey, number[]>, value: unknown, id: number): void {
  const key = indexKey(value);
  const ids = key === undefined ? undefined : index.get(key);
  if (!ids || key === undefined) return;
  removeSorted(ids, id);
  if (ids.length === 0) index.delete(key);
}

function insertSorted(ids: number[], id: number): void {
  const last = ids.at(-1);
  if (last === undefined || last < id) ids.push(id);
  else ids.splice(firstGreater(ids, id), 0, id);
}

function removeSorted(ids: number[], id: number): void {
  const at = firstGreater(ids, id) - 1;
  if (ids[at] === id) ids.splice(at, 1);
}

function firstGreater(ids: readonly number[], id: number): number {
  let low = 0;
  let high = ids.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ids[middle] as number) > id) high = middle;
    else low = middle + 1;
  }
  return low;
}
