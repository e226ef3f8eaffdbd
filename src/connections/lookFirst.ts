/** What the API shows of look-first mode: after a restore, what the PSA had that the backup did not (promise P20). */
import { z } from 'zod';

export const lookFirstSchema = z
  .object({
    backupAt: z
      .string()
      .meta({ description: 'When the backup was taken: what was made since was forgotten.' }),
    restoredAt: z.string(),
    until: z.string().meta({ description: 'Until then new groups are looked for as well.' }),
    waiting: z.int().meta({ description: 'Groups in which alerts wait until the PSA was asked.' }),
    found: z.object({ tickets: z.int(), notes: z.int(), alerts: z.int() }).meta({
      description: 'Taken over from the PSA, and alerts that they tell of: these were not sent again.',
    }),
  })
  .meta({ description: 'Set after a restore: the PSA is asked before anything is made.' });

/** As `look_first` of a connection's row. */
export interface LookFirstRow {
  backup_at: string;
  restored_at: string;
  looks_until: string;
  waiting: number;
  tickets: number;
  notes: number;
  alerts: number;
}

/** `c` is the connection. Null when the database was never restored, or nothing of it is left to do. */
export const lookFirstColumn = `(
  select json_build_object('backup_at', r.backup_at, 'restored_at', r.restored_at, 'looks_until', r.looks_until,
                           'waiting', g.waiting, 'tickets', f.tickets, 'notes', f.notes, 'alerts', f.alerts)
    from (select * from restores where workspace_id = c.workspace_id order by restored_at desc limit 1) r
   cross join lateral (
     select count(*)::int as waiting from ticket_groups
      where workspace_id = c.workspace_id and connection_id = c.id and waiting_lane is not null
        and look_first is not null) g
   cross join lateral (
     select count(*) filter (where write_kind = 'ticket')::int as tickets,
            count(*) filter (where write_kind <> 'ticket')::int as notes,
            coalesce(sum(cardinality(delivery_ids)), 0)::int as alerts
       from writes where workspace_id = c.workspace_id and connection_id = c.id and found_after_restore) f
   where r.looks_until > now() or g.waiting > 0) as look_first`;

export function toLookFirst(row: LookFirstRow | null): z.input<typeof lookFirstSchema> | null {
  if (!row) return null;
  const iso = (text: string) => new Date(text).toISOString();
  return {
    backupAt: iso(row.backup_at),
    restoredAt: iso(row.restored_at),
    until: iso(row.looks_until),
    waiting: row.waiting,
    found: { tickets: row.tickets, notes: row.notes, alerts: row.alerts },
  };
}
