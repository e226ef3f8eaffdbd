/** A connection from draft to active, paused, and gone (req 32–38, 67, 107; decisions 2, 5–7). */
import { randomUUID } from 'node:crypto';
import type { Tx } from '../db/database.ts';
import { lookSoon } from '../deliver/lookSoon.ts';
import { invalid, notFound, Problem } from '../errors.ts';
import { changeSettings } from '../settings/index.ts';
import { ensureLease } from '../wake/leases.ts';
import type { Where } from './ask.ts';
import { countUnmapped } from './mappingStore.ts';
import type { ConnectionParts } from './parts.ts';
import { type ConnectionDeed, type Order, recordConnection } from './record.ts';
import { adapterOf } from './session.ts';
import { type CheckRow, mustFind, stateOfSteps } from './steps.ts';
import {
  type ConnectionRow,
  connectionNames,
  type DeliveryCounts,
  deleteConnection,
  findCountedConnection,
  findObstacles,
  hasDefault,
  hasOthersInUse,
  insertConnection,
  makeDefault,
  renameConnection,
  setBudgetShare,
  setConnectionState,
} from './store.ts';

/** Makes a draft and answers its id. The name is the PSA's unless given, with a number where another has it. */
export async function createConnection(
  parts: ConnectionParts,
  { workspaceId, by }: Pick<Order, 'workspaceId' | 'by'>,
  { kind, name }: { kind: string; name?: string | undefined },
): Promise<string> {
  const adapter = parts.adapters.get(kind);
  if (!adapter)
    throw invalid([{ field: 'kind', code: 'notFound', message: 'There is no such kind of PSA.' }]);
  const id = randomUUID();
  await changeSettings(parts.db, workspaceId, async (tx) => {
    await insertConnection(tx, workspaceId, {
      id,
      kind,
      name: name ?? (await freeName(tx, workspaceId, adapter.label)),
    });
    await recordConnection(tx, parts, { workspaceId, connectionId: id, by }, { action: 'connection.create' });
  });
  return id;
}

async function freeName(tx: Tx, workspaceId: string, label: string): Promise<string> {
  const taken = new Set(await connectionNames(tx, workspaceId));
  let name = label;
  for (let number = 2; taken.has(name); number += 1) name = `${label} ${number}`;
  return name;
}

/** Runs a change in a transaction that has raised the settings version, on the row as it is then, and records it. */
async function change(
  parts: ConnectionParts,
  order: Order,
  deed: Pick<ConnectionDeed, 'action' | 'more'>,
  check: CheckRow,
  work: (tx: Tx, row: ConnectionRow) => Promise<void>,
): Promise<void> {
  const { workspaceId, connectionId } = order;
  await changeSettings(parts.db, workspaceId, async (tx) => {
    const before = await mustFind(tx, order);
    await check(tx, before);
    await work(tx, before);
    await recordConnection(tx, parts, order, { ...deed, before });
  });
  await parts.effects.onChanged(workspaceId, connectionId);
}

interface ConnectionChange {
  name?: string | undefined;
  isDefault?: boolean | undefined;
  /** Null: as its kind declares. */
  budgetShare?: number | null | undefined;
}

export function patchConnection(
  parts: ConnectionParts,
  order: Order,
  { name, isDefault, budgetShare }: ConnectionChange,
  check: CheckRow,
): Promise<void> {
  const { workspaceId, connectionId } = order;
  return change(parts, order, { action: 'connection.change' }, check, async (tx, row) => {
    if (name !== undefined) await renameConnection(tx, workspaceId, connectionId, name);
    if (budgetShare !== undefined) {
      await setBudgetShare(tx, workspaceId, connectionId, budgetShare);
      await lookSoon(tx, workspaceId, connectionId);
    }
    if (isDefault === undefined || isDefault === row.is_default) return;
    if (!isDefault) throw refusedDefault('Make another connection the default one instead.');
    if (row.connection_state === 'draft') throw refusedDefault('Finish the connection first.');
    await makeDefault(tx, workspaceId, connectionId);
  });
}

const refusedDefault = (message: string): Problem =>
  invalid([{ field: 'isDefault', code: 'invalid', message }]);

/**
 * Activates a complete connection; the first one becomes the default (decision 7).
 * @throws Problem 422 naming step and field, 409 until the number of unmapped organizations is confirmed (decision 2)
 */
export function finish(
  parts: ConnectionParts,
  order: Order,
  confirmUnmapped: boolean | number | undefined,
  check: CheckRow,
): Promise<void> {
  const { workspaceId, connectionId } = order;
  return change(parts, order, { action: 'connection.finish' }, check, async (tx, row) => {
    refuseIncomplete(parts, row);
    if (row.connection_state !== 'draft') return;
    const unmapped = await countUnmapped(tx, workspaceId, connectionId);
    if (unmapped > 0 && confirmUnmapped !== true && confirmUnmapped !== unmapped) throw unconfirmed(unmapped);
    await setConnectionState(tx, workspaceId, connectionId, 'active', null);
    await ensureLease(tx, workspaceId, connectionId);
    if (!(await hasDefault(tx, workspaceId))) await makeDefault(tx, workspaceId, connectionId);
  });
}

function unconfirmed(count: number): Problem {
  const whose = count === 1 ? '1 organization has' : `${count} organizations have`;
  const message = `${whose} no mapping: the catch-all account would get their tickets. Confirm it, or map them.`;
  return new Problem(409, 'unmappedOrganizations', message, {
    errors: [{ field: 'confirmUnmapped', code: 'unmappedOrganizations', message, count }],
  });
}

/** @throws Problem 422 with `step.field` for everything that is missing */
export function refuseIncomplete(parts: ConnectionParts, row: ConnectionRow): void {
  const errors = stateOfSteps(row, adapterOf(parts, row.kind)).flatMap(({ step, errors: missing }) =>
    missing.map((error) => ({ ...error, field: `${step}.${error.field}` })),
  );
  if (errors.length > 0) throw invalid(errors);
}

/** @throws Problem 409 */
export function refuseDraft({ connection_state }: ConnectionRow): void {
  if (connection_state === 'draft') throw new Problem(409, 'notFinished', 'Finish the connection first.');
}

export function pause(
  parts: ConnectionParts,
  order: Order,
  reason: string | undefined,
  check: CheckRow,
): Promise<void> {
  const { workspaceId, connectionId } = order;
  return change(parts, order, { action: 'connection.pause' }, check, async (tx, row) => {
    refuseDraft(row);
    await setConnectionState(tx, workspaceId, connectionId, 'paused', reason ?? null);
    if (row.connection_state !== 'paused') await parts.effects.onPause(tx, workspaceId, connectionId);
  });
}

/** How many deliveries there are, for a refusal: counted before the lock of a change, at least one by then. */
async function countBefore({ db }: ConnectionParts, { workspaceId, connectionId }: Where) {
  const row = await db.inWorkspace(workspaceId, (tx) => findCountedConnection(tx, workspaceId, connectionId));
  if (!row) throw notFound('connection');
  return (counted: (counts: DeliveryCounts) => number): { count: number; words: string } => {
    const count = Math.max(1, counted(row));
    return { count, words: count === 1 ? '1 delivery' : `${count} deliveries` };
  };
}

/** Decision 5: never silently either way, so `held` must be said when something is held. */
export async function resume(
  parts: ConnectionParts,
  order: Order,
  held: 'leave' | 'deliver' | undefined,
  check: CheckRow,
): Promise<void> {
  const { workspaceId, connectionId } = order;
  // What was under way when the pause began and came back since is held like the rest, and asked about.
  await parts.effects.beforeResume(workspaceId, connectionId);
  const count = held === undefined ? await countBefore(parts, order) : undefined;
  const deed = { action: 'connection.resume', more: { after: { heldDeliveries: held } } } as const;
  await change(parts, order, deed, check, async (tx, row) => {
    refuseDraft(row);
    if (row.connection_state === 'active') return;
    await parts.effects.onResuming(tx, workspaceId, connectionId);
    if (count && (await findObstacles(tx, workspaceId, connectionId)).isHeldByPause) {
      const many = count((counts) => counts.held_by_pause);
      const message = `The pause holds ${many.words}. Say whether to leave them unsent or to deliver them.`;
      throw new Problem(409, 'heldDeliveries', message, {
        errors: [{ field: 'held', code: 'required', message, count: many.count }],
      });
    }
    await setConnectionState(tx, workspaceId, connectionId, 'active', null);
    await lookSoon(tx, workspaceId, connectionId);
    await parts.effects.onResume(tx, workspaceId, connectionId, held ?? 'leave');
  });
}

/** Removes a connection with its mappings and credentials; its tickets and what was sent stay on record. */
export async function removeConnection(
  parts: ConnectionParts,
  order: Order,
  { force }: { force: boolean },
  check: CheckRow,
): Promise<void> {
  const { workspaceId, connectionId } = order;
  const count = await countBefore(parts, order);
  const refuse = async (tx: Tx, row: ConnectionRow) => {
    const { isUnderWay, isOpen } = await findObstacles(tx, workspaceId, connectionId);
    if (isUnderWay) {
      const many = count((counts) => counts.under_way);
      const message = `Under way to the PSA or being looked up: ${many.words}. Remove the connection when that has ended.`;
      throw new Problem(409, 'deliveriesUnderWay', message, { retryAfterSeconds: 60 });
    }
    if (isOpen && !force) {
      const many = count((counts) => counts.waiting + counts.held);
      const message = `Still waiting for this connection: ${many.words}. With force=true they are given up.`;
      throw new Problem(409, 'deliveriesOpen', message, {
        errors: [{ field: 'force', code: 'deliveriesOpen', message, count: many.count }],
      });
    }
    if (row.is_default && (await hasOthersInUse(tx, workspaceId, connectionId))) {
      throw new Problem(409, 'isDefault', 'Make another connection the default one first.');
    }
    return isOpen;
  };
  const isOpen = await parts.db.inWorkspace(workspaceId, async (tx) => {
    const row = await mustFind(tx, order);
    await check(tx, row);
    return refuse(tx, row);
  });
  if (isOpen) await parts.effects.beforeRemove(workspaceId, connectionId);
  await change(parts, order, { action: 'connection.remove' }, check, async (tx, row) => {
    await refuse(tx, row);
    await parts.effects.onRemove(tx, workspaceId, connectionId);
    await deleteConnection(tx, workspaceId, connectionId);
  });
}
