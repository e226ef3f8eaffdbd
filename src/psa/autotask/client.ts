/** One function for each remote call; sections are those of the fact sheet autotask. */
import type { z } from 'zod';
import type { Permit, Read, Refusal, Uncertainty } from '../contract.ts';
import type { Call, Connection } from './connection.ts';
import { noteFields, ticketFields } from './fieldNames.ts';
import { type Created, type Judging, judgeCreate, judgeRead } from './outcome.ts';
import {
  countSchema,
  type EntityField,
  type EntityInformation,
  entityInformationSchema,
  fieldsSchema,
  pageSchema,
  thresholdSchema,
} from './types.ts';

/** The entities that we query, by the first segment of their path. */
export type Entity = 'Tickets' | 'TicketNotes' | 'Companies' | 'Contacts' | 'Contracts' | 'Services';

/**
 * A condition of a query (§2.4). The operators are a closed list because Autotask silently drops a condition whose
 * operator it does not know.
 */
export type Condition =
  | { op: 'eq' | 'gt' | 'gte' | 'contains'; field: string; value: string | number | boolean }
  | { op: 'in'; field: string; value: readonly (number | string)[] }
  | { op: 'exist'; field: string }
  | { op: 'or'; items: readonly Condition[] };

export interface Query<Row extends z.ZodType> {
  row: Row;
  include: readonly string[];
  conditions: readonly Condition[];
  /** 1–500 (§2.5). */
  pageSize?: number;
}

/** The largest page that Autotask gives (§2.5). */
export const largestPage = 500;

export type Body = Record<string, string | number>;
export type CreateOutcome = Created | Refusal | Uncertainty;

/** §2.3, §6.4. */
export function createTicket(connection: Connection, ticket: Body, permit: Permit): Promise<CreateOutcome> {
  return create(
    connection,
    { path: '/Tickets', body: ticket, permit },
    { thing: 'ticket', fields: ticketFields },
  );
}

/** §4.2, §6.6: notes are written under their ticket only. */
export function createNote(
  connection: Connection,
  note: Body & { ticketID: number },
  permit: Permit,
): Promise<CreateOutcome> {
  const write = { path: `/Tickets/${note.ticketID}/Notes`, body: note, permit };
  return create(connection, write, { thing: 'note', fields: noteFields });
}

/** §2.3, §6.7: only the fields that are sent change. */
export function updateTicket(
  connection: Connection,
  ticket: Body & { id: number },
  permit: Permit,
): Promise<CreateOutcome> {
  const judging = { thing: 'ticket', fields: ticketFields } as const;
  return write(connection, { method: 'PATCH', path: '/Tickets', body: ticket, permit }, judging);
}

/** §2.4: the rows of one page, ordered by id. */
export async function query<Row extends z.ZodType>(
  connection: Connection,
  entity: Entity,
  { row, include, conditions, pageSize = largestPage }: Query<Row>,
): Promise<Read<z.output<Row>[]>> {
  const body = { MaxRecords: pageSize, IncludeFields: include, Filter: [{ op: 'and', items: conditions }] };
  const page = await read(connection, { method: 'POST', path: `/${entity}/query`, body }, pageSchema(row));
  return page.kind === 'ok' ? { kind: 'ok', value: page.value.items as z.output<Row>[] } : page;
}

/** §2.1: how many records of the entity the API user can see. */
export async function countVisible(connection: Connection, entity: Entity): Promise<Read<number>> {
  const body = { Filter: [{ op: 'exist', field: 'id' }] };
  const count = await read(connection, { method: 'POST', path: `/${entity}/query/count`, body }, countSchema);
  return count.kind === 'ok' ? { kind: 'ok', value: count.value.queryCount } : count;
}

/** §2.6: what the API user may do with the entity. */
export async function readEntityInformation(
  connection: Connection,
  entity: Entity,
): Promise<Read<EntityInformation>> {
  const path = `/${entity}/entityInformation`;
  const answer = await read(connection, { method: 'GET', path }, entityInformationSchema);
  return answer.kind === 'ok' ? { kind: 'ok', value: answer.value.info } : answer;
}

/** §2.6: fields and picklists. Large. */
export async function readFields(connection: Connection, entity: Entity): Promise<Read<EntityField[]>> {
  const path = `/${entity}/entityInformation/fields`;
  const answer = await read(connection, { method: 'GET', path }, fieldsSchema);
  return answer.kind === 'ok' ? { kind: 'ok', value: answer.value.fields } : answer;
}

/** §3.5: calls used and allowed in the rolling window of the whole tenant. The call itself counts. */
export function readThreshold(connection: Connection): Promise<Read<z.output<typeof thresholdSchema>>> {
  return read(connection, { method: 'GET', path: '/ThresholdInformation' }, thresholdSchema);
}

type Write = { method: 'POST' | 'PATCH'; path: string; body: Body; permit: Permit };

const create = (
  connection: Connection,
  call: Omit<Write, 'method'>,
  judging: Pick<Judging, 'thing' | 'fields'>,
): Promise<CreateOutcome> => write(connection, { method: 'POST', ...call }, judging);

async function write(
  connection: Connection,
  call: Write,
  judging: Pick<Judging, 'thing' | 'fields'>,
): Promise<CreateOutcome> {
  const exchange = await connection.send(call);
  if (exchange.kind === 'refused') return exchange;
  const { scrub, now } = connection;
  return judgeCreate(exchange.reply, { scrub, now: now(), sent: () => textsOf(call.body), ...judging });
}

/** The texts of a write, whole and line by line; the short ones are ordinary words. */
function textsOf(body: Body): string[] {
  const texts = Object.values(body).filter((value) => typeof value === 'string');
  return texts.flatMap((text) => [text, ...text.split('\n')]).filter((text) => text.length >= 8);
}

async function read<Schema extends z.ZodType>(
  connection: Connection,
  call: Call,
  schema: Schema,
): Promise<Read<z.output<Schema>>> {
  const exchange = await connection.send(call);
  if (exchange.kind === 'refused') return exchange;
  return judgeRead(exchange.reply, schema, { scrub: connection.scrub, now: connection.now() });
}
