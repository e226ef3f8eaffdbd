/** What Herald's own rows say, read behind its back for the checker. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { HarnessDatabase } from './database.ts';

export interface StoredDelivery {
  alertId: string;
  externalId: string;
  state: string;
  /** Why it is not delivered, if it is not. */
  problem: string | null;
  /** Key of the write that carried it: that of a ticket, or `…/0012` of a note. */
  writeKey: string | null;
}

export interface Stored {
  alerts: { id: string; externalId: string }[];
  deliveries: StoredDelivery[];
  /** Writes with a confirmed attempt, by kind. */
  confirmed: ReadonlyMap<string, number>;
  /** Numbers of writes that were refused in the end, by the marker of their ticket: the PSA has none of them. */
  refused: ReadonlyMap<string, readonly number[]>;
  /** Attempts that are neither confirmed nor refused, and groups with a write under way. */
  open: number;
}

/** What the PSA has; mail is judged apart (test/support/mailWorld.ts). */
const isOfPsa = 'w.connection_id <> w.workspace_id';

/** Deliveries that are still on their way. */
const underWay = `delivery_state in ('pending', 'sending', 'uncertain')`;

export async function readStored({ rows }: Pick<HarnessDatabase, 'rows'>): Promise<Stored> {
  const confirmed = await rows<{ kind: string; count: number }>(
    `select w.write_kind as kind, count(distinct w.id)::int as count
       from writes w join attempts a on a.workspace_id = w.workspace_id and a.write_id = w.id
      where a.attempt_state = 'confirmed' and ${isOfPsa} group by 1`,
  );
  const refused = await rows<{ marker: string; seqs: number[] }>(
    `select split_part(write_key, '/', 1) as marker, array_agg(seq) as seqs
       from writes w
      where ${isOfPsa} and not exists (select from attempts a
                         where a.workspace_id = w.workspace_id and a.write_id = w.id
                           and a.attempt_state is distinct from 'refused')
      group by 1`,
  );
  const [open] = await rows<{ count: number }>(
    `select (select count(*) from attempts where attempt_state in ('sending', 'uncertain'))::int
          + (select count(*) from ticket_groups where busy_write_id is not null)::int as count`,
  );
  return {
    alerts: await rows('select id, external_id as "externalId" from alerts'),
    deliveries: await rows<StoredDelivery & Record<string, unknown>>(
      `select a.id as "alertId", a.external_id as "externalId", d.delivery_state as state, d.problem,
              w.write_key as "writeKey"
         from deliveries d join alerts a on a.workspace_id = d.workspace_id and a.id = d.alert_id
         left join writes w on w.workspace_id = d.workspace_id and w.id = d.write_id
        where d.channel_id <> d.workspace_id`,
    ),
    confirmed: new Map(confirmed.map(({ kind, count }) => [kind, count])),
    refused: new Map(refused.map(({ marker, seqs }) => [marker, seqs])),
    open: open?.count ?? 0,
  };
}

const pollMs = 100;

/** Waits until nothing is on its way, or as long as given; the checker counts what is left over. */
export async function settled({ rows }: Pick<HarnessDatabase, 'rows'>, mostMs: number): Promise<void> {
  const until = Date.now() + mostMs;
  while (Date.now() < until) {
    const [left] = await rows<{ is: boolean }>(
      `select exists (select from deliveries where ${underWay}) or
              exists (select from attempts where attempt_state in ('sending', 'uncertain')) as is`,
    ).catch(() => [{ is: true }]);
    if (!left?.is) return;
    await sleep(pollMs);
  }
}
