/** A marked test ticket through the whole real path: accepted, planned, sent and journalled as any alert (decision 21). */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Acceptor } from '../alerts/acceptor.ts';
import { type Alert, type Severity, severities } from '../alerts/types.ts';
import type { Database } from '../db/database.ts';
import { loadDeliveriesOf } from '../receipts/index.ts';
import type { SettingsCache } from '../settings/index.ts';
import type { TestTicketOrder, TestTicketResult } from './parts.ts';

export interface TestTicketParts {
  db: Database;
  settings: SettingsCache;
  acceptor: Pick<Acceptor, 'accept'>;
  /** How long the caller waits for the end, in milliseconds. */
  waitMs?: number;
}

const usualWaitMs = 20_000;
const lookEveryMs = 200;

/** Sends it, and waits a while for what comes of it. */
export async function sendTestTicket(
  { db, settings, acceptor, waitMs = usualWaitMs }: TestTicketParts,
  { workspaceId, connectionId, accountId, contactId, actor }: TestTicketOrder,
): Promise<TestTicketResult> {
  const snapshot = await db.inWorkspace(workspaceId, (tx) => settings.inStep(tx, workspaceId));
  const priorities = snapshot.connections.get(connectionId)?.tickets.priorities;
  const severity = severities.find((one) => priorities?.[one]) ?? 'medium';
  const target = { connectionId, accountId, ...(contactId === undefined ? {} : { contactId }) };
  const { id: alertId } = await acceptor.accept(workspaceId, testAlert(severity, actor.name), target);
  for (let waited = 0; waited < waitMs; waited += lookEveryMs) {
    const result = await readResult(db, workspaceId, alertId);
    if (result.kind === 'done' || result.kind === 'failed') return result;
    await sleep(lookEveryMs);
  }
  return readResult(db, workspaceId, alertId);
}

/** The lowest severity that gets a ticket: a test wakes nobody. */
function testAlert(severity: Severity, by: string): Alert {
  return {
    source: 'herald',
    externalId: `test-${randomUUID()}`,
    title: 'Test ticket from Herald',
    severity,
    originalSeverity: severity,
    description: `A test of the connection, asked for by ${by}. Nothing has happened; the ticket can be closed.`,
    flags: ['test'],
  };
}

async function readResult(db: Database, workspaceId: string, alertId: string): Promise<TestTicketResult> {
  const [row] = await db.inWorkspace(workspaceId, (tx) => loadDeliveriesOf(tx, workspaceId, [alertId]));
  if (row?.delivery_state === 'delivered' && row.ticket_ref !== null) {
    const { ticket_ref: ref, ticket_number: number, ticket_link: link } = row;
    return {
      alertId,
      kind: 'done',
      receipt: { ref, ...(number !== null && { number }), ...(link !== null && { link }) },
    };
  }
  const text = row?.problem ?? undefined;
  switch (row?.delivery_state) {
    case 'failed':
    case 'held':
    case 'skipped':
      return { alertId, kind: 'failed', text: text ?? 'It was not sent.' };
    case 'uncertain':
      return { alertId, kind: 'uncertain', text: text ?? 'Whether it arrived is being looked up.' };
    default:
      return { alertId, kind: 'pending', text: text ?? 'It is on its way.' };
  }
}
