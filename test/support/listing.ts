/** For promise tests in a small world: how often each alert stands in the PSA, held against how often it should. */
import type { Verdict } from '../harness/judge.ts';
import type { PsaWorld } from './psa.ts';

/** Ids of the harness's alerts, such as `c2-000017`, in tickets and notes; those that a note names as missing are not there. */
export async function listedIds(w: PsaWorld): Promise<Map<string, number>> {
  const listed = new Map<string, number>();
  for (const { description, notes } of await w.tickets()) {
    for (const text of [description, ...notes.map((note) => note.description)]) {
      const own = text.replace(/^Missing before this note.*$/m, '');
      for (const [id] of own.matchAll(/\b[a-z]\d-\d{6}\b/g)) listed.set(id, (listed.get(id) ?? 0) + 1);
    }
  }
  return listed;
}

/** Each of these alerts stands in the PSA once, those of `not` nowhere, and nothing is on its way. */
export async function judgeListing(
  w: PsaWorld,
  wanted: readonly string[],
  not: readonly string[] = [],
): Promise<Pick<Verdict, 'lost' | 'duplicated' | 'left over'>> {
  const listed = await listedIds(w);
  const left = await w.rows(
    `select a.external_id, d.delivery_state from deliveries d join alerts a on a.id = d.alert_id
      where d.delivery_state in ('pending', 'sending', 'uncertain')`,
  );
  const open = await w.rows(
    `select write_id from attempts where attempt_state in ('sending', 'uncertain')
     union all select busy_write_id from ticket_groups where busy_write_id is not null`,
  );
  return {
    lost: wanted.filter((id) => !listed.has(id)).map((id) => `${id} is not in the PSA`),
    duplicated: [
      ...wanted
        .filter((id) => (listed.get(id) ?? 0) > 1)
        .map((id) => `${id} is in the PSA ${listed.get(id)} times`),
      ...not.filter((id) => listed.has(id)).map((id) => `${id} is in the PSA`),
    ],
    'left over': [
      ...left.map((row) => `${row.external_id} is ${row.delivery_state}`),
      ...open.map((row) => `write ${row.write_id} is under way`),
    ],
  };
}
