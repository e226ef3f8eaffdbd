import type { Connection, NothingOwed, Organization, Settings } from './types.ts';

/**
 * The one ticket target: the connection chosen on the organization, else the workspace's default (decision 7). A
 * chosen connection that is not in use is not replaced by another: its tickets would land where nobody chose.
 */
export function ticketTarget(
  organization: Organization | undefined,
  settings: Settings,
): { connection?: Connection; lacks?: NothingOwed; words: string } {
  const chosen = organization?.connectionId;
  const id = chosen ?? settings.defaultConnectionId;
  const connection = id === undefined ? undefined : settings.connections.get(id);
  const whose = organization ? `Tickets of ${organization.name}` : 'Tickets of unassigned alerts';
  if (connection) {
    const why = chosen === undefined ? "the workspace's default connection" : 'chosen for this organization';
    return { connection, words: `${whose} go to ${connection.name}, ${why}.` };
  }
  if (chosen !== undefined) {
    const words = `No ticket: the PSA connection chosen for ${organization?.name} is not set up.`;
    return { lacks: 'connectionNotSetUp', words };
  }
  return { lacks: 'noConnection', words: 'No ticket: no PSA connection is set up.' };
}
