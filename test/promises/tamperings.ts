/** What somebody with all rights on the database can do to an audit; each kind as well as it can be done. */
import { hash } from 'node:crypto';
import type pg from 'pg';

export interface Place {
  /** Sees and writes everything. */
  admin: pg.Client;
  workspaceId: string;
  /** The entry that it is about. */
  n: number;
  entries: number;
}

export interface Tampering {
  name: string;
  /** The chain is whole in itself then: only an end that was exported before tells. */
  needsHead?: boolean;
  work(place: Place): Promise<unknown>;
}

const alteration = (column: string, value: string): Tampering => ({
  name: `altering ${column}`,
  work: ({ admin, n }) => admin.query(`update audit_entries set ${column} = ${value} where n = $1`, [n]),
});

const copy = (n: string, at: string): string =>
  `insert into audit_entries
   select workspace_id, ${n}, at, actor_kind, actor_id, actor_name, address, action, target_kind, target_id,
          target_name, before, after, reason, previous_hash, hash
     from audit_entries where n = ${at}`;

/** Writes the hashes anew from entry `$1` on, as the product does, and the end. */
async function rehash({ admin, workspaceId, n }: Place): Promise<void> {
  const { rows } = await admin.query('select * from audit_entries where n >= $1 order by n', [n]);
  const before = await admin.query('select hash from audit_entries where n = $1', [n - 1]);
  let previous: string = before.rows[0]?.hash ?? '';
  for (const row of rows) {
    const own = hashOf(workspaceId, row, previous);
    await admin.query('update audit_entries set previous_hash = $2, hash = $3 where n = $1', [
      row.n,
      previous,
      own,
    ]);
    previous = own;
  }
  await admin.query('update audit_heads set n = $1, hash = $2', [rows.at(-1).n, previous]);
}

/** The same rule as the product's, written a second time: whoever rewrites a chain can read the source. */
function hashOf(
  workspaceId: string,
  // biome-ignore lint/suspicious/noExplicitAny: a row as the database has it
  row: Record<string, any>,
  previous: string,
): string {
  const sorted = (value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(
          Object.entries(value)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([name, member]) => [name, sorted(member)]),
        )
      : value;
  const parts = [
    'herald audit 1',
    workspaceId,
    Number(row.n),
    (row.at as Date).toISOString(),
    [row.actor_kind, row.actor_id, row.actor_name],
    row.address,
    row.action,
    [row.target_kind, row.target_id, row.target_name],
    sorted(row.before),
    sorted(row.after),
    row.reason,
    previous,
  ];
  return hash('sha256', JSON.stringify(parts), 'hex');
}

export const tamperings: readonly Tampering[] = [
  alteration('at', `at - interval '1 millisecond'`),
  alteration('actor_kind', `'user'`),
  alteration('actor_id', `'somebody'`),
  alteration('actor_name', `'Somebody else'`),
  alteration('address', `'192.0.2.1'`),
  alteration('action', `'connection.pause'`),
  alteration('target_kind', `'connection'`),
  alteration('target_id', `'other'`),
  alteration('target_name', `target_name || ' '`),
  alteration('before', `'{}'`),
  alteration('after', `'{"name": "Another"}'`),
  alteration('reason', `''`),
  alteration('previous_hash', `repeat('0', 64)`),
  alteration('hash', `repeat('0', 64)`),
  {
    name: 'altering one and its hash',
    async work({ admin, workspaceId, n }) {
      await admin.query(`update audit_entries set actor_name = 'Somebody else' where n = $1`, [n]);
      const { rows } = await admin.query('select * from audit_entries where n = $1', [n]);
      const own = hashOf(workspaceId, rows[0], rows[0].previous_hash);
      await admin.query('update audit_entries set hash = $2 where n = $1', [n, own]);
    },
  },
  {
    name: 'deleting one',
    work: ({ admin, n }) => admin.query('delete from audit_entries where n = $1', [n]),
  },
  {
    name: 'deleting one and moving the others up',
    async work({ admin, n }) {
      await admin.query('delete from audit_entries where n = $1', [n]);
      // Twice, because no two may have the same number meanwhile.
      await admin.query('update audit_entries set n = n + 1000000 where n > $1', [n]);
      await admin.query('update audit_entries set n = n - 1000001 where n > $1', [n]);
    },
  },
  {
    name: 'slipping one in',
    async work({ admin, n }) {
      await admin.query('update audit_entries set n = n + 1000000 where n > $1', [n]);
      await admin.query(copy(String(n + 1), String(n)));
      await admin.query('update audit_entries set n = n - 999999 where n > 1000000');
    },
  },
  {
    name: 'slipping one in before the first',
    async work({ admin, n }) {
      await admin.query('alter table audit_entries drop constraint if exists audit_entries_n_check');
      await admin.query(copy('0', String(n)));
    },
  },
  {
    name: 'adding one at the end',
    work: ({ admin, n, entries }) => admin.query(copy(String(entries + 1), String(n))),
  },
  {
    name: 'changing the places of two',
    work: ({ admin, n }) =>
      admin.query(`
        update audit_entries set n = 1000000 where n = ${n};
        update audit_entries set n = ${n} where n = ${n + 1};
        update audit_entries set n = ${n + 1} where n = 1000000`),
  },
  {
    name: 'cutting the tail',
    work: ({ admin, n }) => admin.query('delete from audit_entries where n > $1', [n]),
  },
  {
    name: 'cutting the tail and moving the written end',
    needsHead: true,
    async work({ admin, n }) {
      await admin.query('delete from audit_entries where n > $1', [n]);
      await admin.query(
        'update audit_heads set n = $1, hash = (select hash from audit_entries where n = $1)',
        [n],
      );
    },
  },
  {
    name: 'emptying it',
    needsHead: true,
    work: ({ admin }) => admin.query('delete from audit_entries; delete from audit_heads'),
  },
  {
    name: 'altering one and writing the chain anew from there',
    needsHead: true,
    async work(place) {
      await place.admin.query(`update audit_entries set actor_name = 'Somebody else' where n = $1`, [
        place.n,
      ]);
      await rehash(place);
    },
  },
  {
    name: 'altering the first and writing the whole chain anew',
    needsHead: true,
    async work(place) {
      await place.admin.query(`update audit_entries set reason = 'It was so' where n = 1`);
      await rehash({ ...place, n: 1 });
    },
  },
];
