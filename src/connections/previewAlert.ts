/** What would happen to an alert now, in words and as the ticket would look; writes nothing (decision 21). */
import type { z } from 'zod';
import type { Alert } from '../alerts/types.ts';
import type { Tx } from '../db/database.ts';
import { invalid, notFound, Problem } from '../errors.ts';
import { parseNative } from '../intake/index.ts';
import { type Preview, preview, readConnectionSettings } from '../plan/index.ts';
import type { Connection, Settings } from '../plan/types.ts';
import type { Adapter } from '../psa/contract.ts';
import type { Where } from './ask.ts';
import { listMappedContracts } from './contractStore.ts';
import { findAccounts } from './directoryStore.ts';
import { listMappings } from './mappingStore.ts';
import { listNames } from './nameStore.ts';
import type { ConnectionParts } from './parts.ts';
import type { previewAnswer, previewOrder } from './schemas.ts';
import { adapterOf } from './session.ts';
import { mustFind, stepsOf } from './steps.ts';
import type { ConnectionRow } from './store.ts';
import { readStep } from './validate.ts';

type Order = z.output<typeof previewOrder>;
type Answer = z.input<typeof previewAnswer>;

/** So many real alerts show how a subject groups. */
const mostRecent = 5;

/** @throws Problem 422 for an alert or step values that would be refused where they belong, 404 when there is no alert */
export function previewAlert(parts: ConnectionParts, where: Where, order: Order): Promise<Answer> {
  const { db, settings } = parts;
  const { workspaceId } = where;
  return db.inWorkspace(workspaceId, async (tx) => {
    const row = await mustFind(tx, where);
    const adapter = adapterOf(parts, row.kind);
    const stored = await settings.inStep(tx, workspaceId);
    const connection = await connectionOf(tx, where, { row, adapter, stored, steps: order.steps });
    const look = createLook(parts, adapter, withConnection(stored, connection), connection);
    const recent = order.recent ? await readRecent(tx, workspaceId) : [];
    const { id, alert } = (await chosenAlert(tx, workspaceId, order)) ?? newestOf(recent);
    return { ...toAnswer(look(alert, id)), ...(order.recent && { recent: toRecent(recent, look) }) };
  });
}

/** As it is stored, or with the values of steps that are not saved yet. */
async function connectionOf(
  tx: Tx,
  where: Where,
  given: { row: ConnectionRow; adapter: Adapter; stored: Settings; steps: Order['steps'] },
): Promise<Connection> {
  const { row, adapter, stored, steps } = given;
  const active = stored.connections.get(row.id);
  if (active && !steps) return active;
  const draft = await readDraft(tx, where, withSteps(row, adapter, steps ?? {}), adapter);
  return active ? { ...draft, status: active.status } : draft;
}

/** @throws Problem 422 that names each field as saving the step would; of a template also the character */
function withSteps(row: ConnectionRow, adapter: Adapter, given: NonNullable<Order['steps']>): ConnectionRow {
  const steps = { ...row.steps };
  for (const step of ['accounts', 'tickets'] as const) {
    const body = given[step];
    if (!body || !stepsOf(adapter).includes(step)) continue;
    const read = readStep(adapter.fields, step, body);
    if (!read.ok) {
      throw invalid(read.errors.map((error) => ({ ...error, field: `steps.${step}.${error.field}` })));
    }
    steps[step] = read.values;
  }
  return { ...row, steps };
}

/** A draft is not among the settings; what is not saved takes the place of what is. */
function withConnection(settings: Settings, connection: Connection): Settings {
  if (!settings.connections.has(connection.id)) return settings;
  return { ...settings, connections: new Map(settings.connections).set(connection.id, connection) };
}

type Look = (alert: Alert, id: string | undefined) => Preview;

function createLook(
  parts: Pick<ConnectionParts, 'alertLink'>,
  adapter: Adapter,
  settings: Settings,
  connection: Connection,
): Look {
  return (alert, id) =>
    preview(alert, settings, connection, {
      limits: adapter.limits.text,
      link: parts.alertLink(id ?? 'example'),
    });
}

function toAnswer({ plan, resolution, ticket, issueTypes, words }: Preview): Answer {
  return {
    words,
    deliveries: plan.deliveries.map(({ channelId, state, reason }) => ({
      connectionId: channelId,
      state,
      ...(reason === undefined ? {} : { reason }),
    })),
    ticket,
    accountId: resolution.accountId,
    priority: resolution.priority,
    ...(issueTypes && { issueTypes }),
    grouping: { words: resolution.grouping.words, alone: resolution.grouping.alone },
  };
}

interface RealAlert {
  id: string;
  receivedAt: Date;
  alert: Alert;
}

/** Newest first. */
async function readRecent(tx: Tx, workspaceId: string): Promise<RealAlert[]> {
  const { rows } = await tx.query<{ id: string; received_at: Date; body: Alert }>(
    `select id, received_at, body from alerts where workspace_id = $1 order by id desc limit ${mostRecent}`,
    [workspaceId],
  );
  return rows.map(({ id, received_at, body }) => ({ id, receivedAt: received_at, alert: body }));
}

function newestOf([newest]: readonly RealAlert[]): RealAlert {
  if (newest) return newest;
  throw new Problem(404, 'noAlerts', 'There is no alert yet: send one with the request.');
}

/** Those with the same number would share a ticket: same account, same organization, same values of the subject. */
function toRecent(recent: readonly RealAlert[], look: Look): Answer['recent'] {
  const numbers = new Map<string, number>();
  return recent.map(({ id, receivedAt, alert }) => {
    const { resolution, ticket } = look(alert, id);
    const { key, organizationKey, words, alone } = resolution.grouping;
    const group = [resolution.accountId, organizationKey, Buffer.from(key).toString('hex')].join('|');
    if (!numbers.has(group)) numbers.set(group, numbers.size + 1);
    return {
      alertId: id,
      receivedAt: receivedAt.toISOString(),
      title: alert.title,
      ticket: ticket.title,
      group: numbers.get(group) ?? 0,
      grouping: { words, alone },
    };
  });
}

/** The alert that was asked about; undefined when the newest real one will do. */
async function chosenAlert(
  tx: Tx,
  workspaceId: string,
  { alert, alertId, recent }: Order,
): Promise<{ id: string | undefined; alert: Alert } | undefined> {
  if (recent && alert === undefined && alertId === undefined) return undefined;
  if ((alert === undefined) === (alertId === undefined)) {
    throw invalid([{ field: 'alert', code: 'required', message: 'Send either an alert or an alertId.' }]);
  }
  if (alert !== undefined) {
    const parsed = parseNative(alert, { now: new Date() });
    if (parsed.ok) return { id: undefined, alert: parsed.alert };
    throw invalid(parsed.errors.map((error) => ({ ...error, field: `alert.${error.field}` })));
  }
  const { rows } = await tx.query<{ body: Alert }>(
    'select body from alerts where workspace_id = $1 and id = $2',
    [workspaceId, alertId],
  );
  if (!rows[0]) throw notFound('alert');
  return { id: String(alertId), alert: rows[0].body };
}

/** A draft as planning would see it: the settings leave drafts out. */
async function readDraft(
  tx: Tx,
  { workspaceId }: Where,
  row: ConnectionRow,
  adapter: Adapter,
): Promise<Connection> {
  const mappings = await listMappings(tx, workspaceId, row.id);
  const read = readConnectionSettings(adapter.fields, row.steps);
  const ids = [read.accounts.catchAllAccountId, ...mappings.map(({ account_id }) => account_id)];
  const accounts = await findAccounts(tx, workspaceId, row.id, ids);
  const contracts = await listMappedContracts(tx, workspaceId, row.id);
  const lists = Map.groupBy(await listNames(tx, workspaceId, row.id), ({ list }) => list);
  const choiceNames = new Map(
    [...lists].map(([list, names]) => [list, new Map(names.map(({ id, name }) => [id, name]))]),
  );
  return {
    id: row.id,
    name: row.name,
    kind: row.kind,
    label: adapter.label,
    status: 'active',
    ...read,
    mappings: new Map(
      mappings.map(({ organization_id, account_id, contact_id, contract_id }) => [
        organization_id,
        {
          organizationId: organization_id,
          accountId: account_id,
          ...(contact_id === null ? {} : { contactId: contact_id }),
          ...(contract_id === null ? {} : { contractId: contract_id }),
        },
      ]),
    ),
    accountNames: new Map([...accounts].map(([id, { name }]) => [id, name])),
    contractNames: new Map(contracts.map(({ contract_id, name }) => [contract_id, name])),
    choiceNames,
    // What is not saved yet is not set since any day.
    noTicketSince: {},
  };
}
