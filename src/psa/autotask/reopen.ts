/** Opening completed tickets again (decision 14). */
import type { Outcome, Permit } from '../contract.ts';
import { updateTicket } from './client.ts';
import type { Connection } from './connection.ts';
import { picklistId, recordId } from './ids.ts';
import { receiptOf } from './receipts.ts';

/**
 * Fact sheet autotask §6.7: sets the status that new tickets get; the completion date goes with it (§4.1). A workflow rule
 * may overrule it a moment later (§2.3): the next look at the ticket's state shows that. Refused as `notFound` when the
 * ticket is gone, as `invalid` when it cannot be reopened.
 */
export async function reopenTicket(
  connection: Connection,
  ticketRef: string,
  values: Record<string, string>,
  permit: Permit,
): Promise<Outcome> {
  const id = recordId(ticketRef);
  const status = picklistId(values.ticketStatus ?? '');
  if (id === undefined || status === undefined) {
    const text = 'The ticket or its status is not an Autotask id.';
    return { kind: 'refused', reason: 'invalid', text };
  }
  const outcome = await updateTicket(connection, { id, status }, permit);
  return outcome.kind === 'done' ? { kind: 'done', receipt: receiptOf(connection, outcome.id) } : outcome;
}
