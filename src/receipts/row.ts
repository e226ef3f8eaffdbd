/** A delivery as the log reads it: what is owed, the newest thing sent for it, and what stands in its way now. */
import type { WaitingFor } from '../deliver/flow.ts';
import type { Told } from '../deliver/wayOut.ts';
import type { DeliveryState } from '../plan/types.ts';

/** What was sent: to a PSA, or a mail about one alert or about many. */
export type WriteKind = 'ticket' | 'note' | 'digest' | 'mail' | 'mailDigest';

export interface DeliveryRow {
  id: string;
  alert_id: string;
  alert_title: string;
  revision: number;
  channel_id: string;
  channel_name: string | null;
  organization_id: string | null;
  delivery_state: DeliveryState;
  reason: string | null;
  problem: string | null;
  tries: number;
  trace: string[];
  settled_at: Date | null;
  group_id: string | null;
  group_words: string | null;
  write_id: string | null;
  write_kind: WriteKind | null;
  write_trace: string[] | null;
  ticket_ref: string | null;
  ticket_number: string | null;
  ticket_link: string | null;
  /** Of the newest attempt. */
  started_at: Date | null;
  next_look_at: Date | null;
  looks: number | null;
  /** Why its last look-up failed, if it did. */
  look_problem: string | null;
  /** Its worker has ended or lost the connection to another one. */
  is_abandoned: boolean | null;
  /** Waits that are over are null. */
  blocked_until: Date | null;
  gap_until: Date | null;
  /** The write of the same group that is under way, if there is one. */
  busy_state: 'sending' | 'uncertain' | null;
  busy_look_at: Date | null;
  /** How many wait before it, in its group or for one; at most {@link mostCounted} are counted. */
  ahead: number | null;
  /** Null when the connection was removed. */
  connection_state: 'draft' | 'active' | 'paused' | null;
  attention: string | null;
  pause_reason: string | null;
  /** What its connection's deliveries are being moved for, since it was changed. */
  backlog: 'sort' | 'leave' | 'deliver' | null;
  /** After a restore: its group is looked for in the PSA before anything is sent. */
  is_looked_for: boolean | null;
  /** Whether a worker serves the connection at this moment. */
  is_served: boolean | null;
  /** Why its connection makes no calls now, and until when. */
  waits_for: WaitingFor | null;
  waits_until: Date | null;
  /** The address, for mail; null for a PSA. */
  mail_target: string | null;
  /** Of the newest mail that was made for it. */
  message_id: string | null;
  /** Of one that waits behind another mail to its address: why that one was not taken. */
  box_problem: string | null;
  /** When the same mail is sent again. */
  mail_due_at: Date | null;
  /** Why no mail leaves. */
  mail_attention: string | null;
  /** The way out, if it was decided for this delivery. */
  way_out_minutes: number | null;
  way_out_words: string | null;
  way_out_at: Date | null;
  way_out_telling: Told | null;
}

/** Deliveries that wait before another one are counted up to here. */
export const mostCounted = 100;

const before = (others: string): string =>
  `(select count(*)::int from (select from deliveries e where e.workspace_id = d.workspace_id and ${others}
      and e.id < d.id limit ${mostCounted}) b)`;

/** Its mails are of revision 0; while none is made, it counts whether there is anybody who would get one. */
const telling = `
  case when exists (select from deliveries m where m.workspace_id = d.workspace_id and m.alert_id = d.alert_id
                       and m.revision = 0 and m.channel_id = d.workspace_id) then 'told'
       when o.told_at is null and exists (select from recipients r where r.workspace_id = d.workspace_id
                                             and r.organization_id is null) then 'due'
       else 'nobody' end`;

/** The first that waits in the same mailbox: what keeps it back keeps back the others. */
const boxProblem = `
  (select e.problem from deliveries e where e.workspace_id = d.workspace_id and e.group_id = d.group_id and e.place = 2
    order by e.id limit 1)`;

/** The ticket that a delivery is in: its own, or the one that its note is on. */
export const deliveryColumns = `
  d.id, d.alert_id, a.title as alert_title, d.revision, d.channel_id, c.name as channel_name, a.organization_id, d.delivery_state, d.reason,
  d.problem, d.tries, d.trace, d.settled_at, d.group_id, g.words as group_words, d.write_id,
  w.write_kind, w.trace as write_trace, t.ref as ticket_ref,
  case when g.ticket_ref = t.ref then g.ticket_number else last.receipt_number end as ticket_number,
  case when g.ticket_ref = t.ref then g.ticket_link else last.receipt_link end as ticket_link,
  last.started_at, last.next_look_at, last.looks, last.look_problem,
  last.epoch is distinct from l.epoch or l.expires_at <= clock_timestamp() as is_abandoned,
  case when coalesce(g.blocked_until, box.blocked_until) > now() then coalesce(g.blocked_until, box.blocked_until) end
    as blocked_until,
  case when g.gap_until > now() and g.waiting_lane < 2 then g.gap_until end as gap_until,
  busy.attempt_state as busy_state, busy.next_look_at as busy_look_at,
  case d.place when 1 then ${before('e.channel_id = d.channel_id and e.place = 1')}
               when 2 then ${before('e.group_id = d.group_id and e.place = 2')} end as ahead,
  c.connection_state, c.attention, c.pause_reason, c.backlog, l.expires_at > clock_timestamp() as is_served,
  g.look_first is not null as is_looked_for,
  case when b.waits_until > now() and not (d.severity = 4 and b.waits_for in ('reserve', 'spread')) then b.waits_for end
    as waits_for,
  case when b.waits_until > now() then b.waits_until end as waits_until,
  case when d.channel_id = d.workspace_id then d.target end as mail_target, again.due_at as mail_due_at,
  case when d.channel_id = d.workspace_id then w.write_key end as message_id,
  case when box.blocked_until > now() and d.place = 2 then ${boxProblem} end as box_problem,
  mail.attention as mail_attention, o.after_minutes as way_out_minutes, o.words as way_out_words, o.decided_at as way_out_at,
  case when o.decided_at is not null then ${telling} end as way_out_telling`;

export const deliveryJoins = `
  join alerts a on a.workspace_id = d.workspace_id and a.id = d.alert_id
  left join connections c on c.workspace_id = d.workspace_id and c.id = d.channel_id
  left join connection_budgets b on b.workspace_id = d.workspace_id and b.connection_id = d.channel_id
  left join leases l on l.workspace_id = d.workspace_id and l.channel_id = d.channel_id
  left join way_outs o on o.workspace_id = d.workspace_id and o.alert_id = d.alert_id
                      and o.connection_id = d.channel_id and o.delivery_id = d.id
  left join mailboxes box on box.workspace_id = d.workspace_id and box.id = d.group_id
  left join mail_retries again on again.workspace_id = d.workspace_id and again.write_id = d.write_id and again.due_at < 'infinity'
  left join mail_settings mail on mail.workspace_id = d.workspace_id and d.channel_id = d.workspace_id
  left join ticket_groups g on g.workspace_id = d.workspace_id and g.id = d.group_id
  left join writes w on w.workspace_id = d.workspace_id and w.id = d.write_id
  left join lateral (
    select receipt_ref, receipt_number, receipt_link, started_at, next_look_at, looks, look_problem, epoch from attempts
     where workspace_id = d.workspace_id and write_id = d.write_id order by n desc limit 1) last on true
  left join lateral (
    select attempt_state, next_look_at from attempts
     where workspace_id = d.workspace_id and write_id = g.busy_write_id and attempt_state in ('sending', 'uncertain')
       and d.place = 2 order by n desc limit 1) busy on true
  cross join lateral (select coalesce(w.draft ->> 'ticketRef', last.receipt_ref) as ref) t`;
