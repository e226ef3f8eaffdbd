/**
 * Last part of a round: the chosen writes and their first attempts become rows, in the transaction whose COMMIT comes
 * before the first byte leaves.
 */
import { crashPoint } from '../crashPoints.ts';
import { ReadAgain, type Tx } from '../db/database.ts';
import type { Settings } from '../plan/types.ts';
import { recordOpened } from './brake.ts';
import type { Chosen, ChosenWrite } from './chosen.ts';
import type { Held, OpenWrite, RoundWork } from './round.ts';

/** @throws ReadAgain when a person has discarded one of the deliveries since they were read: it must not be sent */
export async function freezeWrites(
  tx: Tx,
  work: RoundWork,
  held: Held,
  { writes }: Chosen,
  settings: Settings,
): Promise<OpenWrite[]> {
  if (writes.length === 0) return [];
  const frozen = writes.map(freeze);
  const { rows } = await tx.query<{ write_id: string; group_id: string; taken: number }>(freezeSql, [
    work.workspaceId,
    frozen.map(({ channelId }) => channelId),
    writes.map(({ channel }) => channel.epoch),
    frozen.map(({ groupId }) => groupId),
    frozen.map(({ generation }) => generation),
    frozen.map(({ seq }) => seq),
    frozen.map(({ content }) => content.kind),
    frozen.map(({ content }) => content.draft.key),
    frozen.map(({ deliveryIds }) => `{${deliveryIds.join(',')}}`),
    frozen.map((write) => JSON.stringify(toStored(write))),
    writes.map(({ composed }) => JSON.stringify(composed.trace)),
    writes.map(({ marker }) => marker),
    writes.map(({ leftover }) => leftover?.lane ?? null),
    writes.map(({ leftover }) => leftover?.since ?? null),
    writes.map(({ group, generation }) =>
      generation === group.generation ? null : (group.ticketNumber ?? group.ticketRef ?? null),
    ),
    writes.map(({ noteCredit }) => noteCredit),
    frozen.flatMap(({ deliveryIds }) => deliveryIds),
    frozen.flatMap(({ deliveryIds, groupId }) => deliveryIds.map(() => groupId)),
  ]);
  const wanted = frozen.reduce((sum, { deliveryIds }) => sum + deliveryIds.length, 0);
  if (rows[0]?.taken !== wanted) throw new ReadAgain('a delivery that was chosen no longer waits');
  await recordOpened(tx, work.workspaceId, writes, settings);
  const ids = new Map(rows.map((row) => [row.group_id, row.write_id]));
  for (const write of frozen) {
    write.writeId = ids.get(write.groupId) as string;
    write.state = { phase: 'sending', attempt: 1, startedAt: held.now };
  }
  crashPoint('before-journal-commit');
  return frozen;
}

function freeze({ group, composed, deliveries, generation, seq }: ChosenWrite): OpenWrite {
  return {
    channelId: group.connectionId,
    writeId: '',
    groupId: group.id,
    generation,
    seq,
    content: composed.content,
    deliveryIds: deliveries.map(({ id }) => id),
    lane: Math.max(...deliveries.map(({ lane }) => lane)),
    since: deliveries[0]?.id ?? '0',
    tries: Math.max(...deliveries.map(({ tries }) => tries)),
    without: deliveries[0]?.without ?? [],
    fallbacks: composed.fallbacks,
    state: { phase: 'sending', attempt: 1, startedAt: 0 },
  };
}

/** What a later worker needs to look the write up or send it again; read back by the journal's loadOpenWrites. */
function toStored({ content, lane, since, tries, without, fallbacks }: OpenWrite) {
  const ticketRef = content.kind === 'ticket' ? undefined : content.ticketRef;
  return { ticketRef, draft: content.draft, lane, since, tries, without, fallbacks };
}

const freezeSql = `
  with input as materialized (
    select nextval('write_ids') as write_id, i.*
      from unnest($2::uuid[], $3::bigint[], $4::bigint[], $5::int[], $6::int[], $7::text[], $8::text[], $9::text[],
                  $10::text[], $11::text[], $12::text[], $13::smallint[], $14::bigint[], $15::text[], $16::real[])
           as i(connection_id, epoch, group_id, generation, seq, write_kind, write_key, delivery_ids, draft, trace,
                marker, waiting_lane, waiting_since, previous_number, note_credit)
  ), stored as (
    insert into writes (workspace_id, id, connection_id, group_id, generation, seq, write_kind, write_key,
                        delivery_ids, draft, trace)
    select $1, write_id, connection_id, group_id, generation, seq, write_kind, write_key, delivery_ids::bigint[],
           draft::json, trace::json
      from input
  ), started as (
    insert into attempts (workspace_id, write_id, n, connection_id, epoch, attempt_state)
    select $1, write_id, 1, connection_id, epoch, 'sending' from input
  ), grouped as (
    update ticket_groups g
       set busy_write_id = input.write_id, next_seq = input.seq + 1, generation = input.generation,
           marker = input.marker, waiting_lane = input.waiting_lane, waiting_since = input.waiting_since,
           blocked_until = null, note_credit = input.note_credit, note_credit_at = now(),
           previous_number = coalesce(input.previous_number, g.previous_number),
           -- Only what befell its ticket makes a group begin a new generation (promise P13).
           turned_at = case when input.generation > g.generation then now() else g.turned_at end,
           life_words = case when input.generation > g.generation then null else g.life_words end,
           ticket_closed_at = case when input.generation > g.generation then null else g.ticket_closed_at end,
           ticket_state = case when input.generation > g.generation then 'none' else g.ticket_state end,
           ticket_ref = case when input.generation > g.generation then null else g.ticket_ref end,
           ticket_number = case when input.generation > g.generation then null else g.ticket_number end,
           ticket_link = case when input.generation > g.generation then null else g.ticket_link end
      from input where g.workspace_id = $1 and g.id = input.group_id
  ), taken as (
    update deliveries d
       set delivery_state = 'sending', write_id = input.write_id
      from unnest($17::bigint[], $18::bigint[]) as taken(id, group_id) join input using (group_id)
     where d.workspace_id = $1 and d.id = taken.id and d.delivery_state = 'pending'
    returning d.id
  )
  select write_id, group_id, (select count(*)::int from taken) as taken from input`;
