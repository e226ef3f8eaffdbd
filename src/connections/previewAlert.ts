/** What would happen to an alert now, in words and as the ticket would look; writes nothing (decision 21). */
import type { z } from 'zod';
import type { Alert } from '../alerts/types.ts';
import type { Tx } from '../db/database.ts';
import { invalid, notFound } from '../errors.ts';
import { parseNative } from '../intake/index.ts';
import { preview, readConnectionSettings } from '../plan/index.ts';
import type { Connection } from '../plan/types.ts';
import type { Adapter } from '../psa/contract.ts';
import type { Where } from './ask.ts';
import { findAccounts } from './directoryStore.ts';
import { listMappings } from './mappingStore.ts';
import type { ConnectionParts } from './parts.ts';
import type { previewAnswer, previewOrder } from './schemas.ts';
import { adapterOf } from './session.ts';
import { mustFind } from './steps.ts';
import type { ConnectionRow } from './store.ts';

export function previewAlert(
  parts: ConnectionParts,
  where: Where,
  order: z.output<typeof previewOrder>,
): Promise<z.input<typeof previewAnswer>> {
  const { db, settings } = parts;
  const { workspaceId } = where;
  return db.inWorkspace(workspaceId, async (tx) => {
    const row = await mustFind(tx, where);
    const adapter = adapterOf(parts, row.kind);
    const alert = await alertOf(tx, workspaceId, order);
    const snapshot = await settings.inStep(tx, workspaceId);
    const connection = snapshot.connections.get(row.id) ?? (await readDraft(tx, where, row, adapter));
    const text = { limits: adapter.limits.text, link: parts.alertLink(String(order.alertId ?? 'example')) };
    const { plan, resolution, ticket, words } = preview(alert, snapshot, connection, text);
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
      grouping: { words: resolution.grouping.words, alone: resolution.grouping.alone },
    };
  });
}

async function alertOf(
  tx: Tx,
  workspaceId: string,
  { alert, alertId }: z.output<typeof previewOrder>,
): Promise<Alert> {
  if ((alert === undefined) === (alertId === undefined)) {
    throw invalid([{ field: 'alert', code: 'required', message: 'Send either an alert or an alertId.' }]);
  }
  if (alert !== undefined) {
    const parsed = parseNative(alert, { now: new Date() });
    if (parsed.ok) return parsed.alert;
    throw invalid(parsed.errors.map((error) => ({ ...error, field: `alert.${error.field}` })));
  }
  const { rows } = await tx.query<{ body: Alert }>(
    'select body from alerts where workspace_id = $1 and id = $2',
    [workspaceId, alertId],
  );
  if (!rows[0]) throw notFound('alert');
  return rows[0].body;
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
  };
}
