/** How the tickets of one alert stand now, as far as Herald knows: it looks at a ticket when it has something for it. */
import type { z } from 'zod';
import type { Tx } from '../db/database.ts';
import type { DeliveryRow } from '../receipts/index.ts';
import type { ticketNow } from './schemas.ts';

type TicketNow = z.input<typeof ticketNow>;
type Condition = 'none' | 'open' | 'closed' | 'gone' | 'shut';

/** What is known of the group that a delivery was written to. */
interface TicketLifeRow {
  delivery_id: string;
  group_id: string;
  /** The generation of the group that the delivery went to, and the present one (promise P13). */
  written: number;
  generation: number;
  ticket_state: Condition;
  ticket_ref: string | null;
  ticket_number: string | null;
  ticket_link: string | null;
  ticket_closed_at: Date | null;
  ticket_checked_at: Date | null;
}

/** Of all deliveries of an alert that something was written for in a PSA; mails have no ticket. */
export async function loadTicketLives(
  tx: Tx,
  workspaceId: string,
  alertId: string,
): Promise<TicketLifeRow[]> {
  const { rows } = await tx.query<TicketLifeRow>(
    `select d.id as delivery_id, g.id as group_id, w.generation as written, g.generation, g.ticket_state, g.ticket_ref,
            g.ticket_number, g.ticket_link, g.ticket_closed_at, g.ticket_checked_at
       from deliveries d
       join writes w on w.workspace_id = d.workspace_id and w.id = d.write_id
       join ticket_groups g on g.workspace_id = w.workspace_id and g.id = w.group_id
      where d.workspace_id = $1 and d.alert_id = $2 and d.channel_id <> d.workspace_id order by d.id`,
    [workspaceId, alertId],
  );
  return rows;
}

/** Each ticket once, in the order of the deliveries that it was first written for. */
export function ticketsNow(deliveries: readonly DeliveryRow[], lives: readonly TicketLifeRow[]): TicketNow[] {
  const lifeOf = new Map(lives.map((life) => [life.delivery_id, life]));
  const tickets = new Map<string, TicketNow>();
  for (const delivery of deliveries) {
    const life = lifeOf.get(delivery.id);
    if (!life || delivery.ticket_ref === null) continue;
    const key = `${life.group_id} ${delivery.ticket_ref}`;
    const known = tickets.get(key);
    tickets.set(
      key,
      known ? { ...known, deliveryIds: [...known.deliveryIds, delivery.id] } : ticketOf(delivery, life),
    );
  }
  return [...tickets.values()];
}

function ticketOf(delivery: DeliveryRow, life: TicketLifeRow): TicketNow {
  const isFollowed = life.ticket_ref === delivery.ticket_ref;
  return {
    deliveryIds: [delivery.id],
    id: delivery.ticket_ref ?? '',
    number: delivery.ticket_number,
    link: delivery.ticket_link,
    state: isFollowed ? conditionOf(life) : fateOf(life),
    closedAt: isFollowed ? timeOf(life.ticket_closed_at) : null,
    checkedAt: timeOf(life.ticket_checked_at),
    successor: isFollowed ? null : successorOf(life),
  };
}

/** A group has another ticket in the same generation only when the PSA merged the one before into it. */
const fateOf = ({ written, generation }: TicketLifeRow): 'merged' | 'replaced' =>
  written === generation ? 'merged' : 'replaced';

/** A ticket that is there was opened, whatever else is not known of it. */
const conditionOf = ({ ticket_state: state }: TicketLifeRow): Exclude<Condition, 'none'> =>
  state === 'none' ? 'open' : state;

/** Null while the ticket that takes its place is not made yet. */
function successorOf(life: TicketLifeRow): TicketNow['successor'] {
  const { ticket_ref: id, ticket_number: number, ticket_link: link } = life;
  return id === null ? null : { id, number, link, state: conditionOf(life) };
}

const timeOf = (time: Date | null): string | null => time?.toISOString() ?? null;
