import type { z } from 'zod';
import type { Connection, Settings } from '../plan/types.ts';
import type { organization } from './schemas.ts';
import type { OrganizationRow } from './store.ts';

type Answer = z.input<typeof organization>;

/** An organization as the API shows it, with what its settings come to now. */
export function toAnswer(row: OrganizationRow, settings: Settings): Answer {
  return {
    id: row.id,
    ...toSettings(row),
    ticketTarget: targetOf(row, settings),
    accounts: accountsOf(row, settings),
    alerts7d: row.alerts_7d,
    lastDeliveredAt: row.last_delivered_at?.toISOString() ?? null,
    hint: hintOf(row, settings),
    createdAt: row.created_at.toISOString(),
  };
}

/** What can be changed of it. */
export function toSettings(row: OrganizationRow) {
  return {
    name: row.name,
    externalRefs: (row.refs ?? []).map(({ kind, value, source }) =>
      source === null ? { kind, value } : { kind, value, source },
    ),
    delivery: { enabled: row.delivery_enabled, tickets: row.delivery_tickets, email: row.delivery_email },
    connectionId: row.connection_id,
  };
}

/** Req 16: the switch has an effect only where there is a PSA, or e-mail with somebody to get it. */
function hintOf({ id }: OrganizationRow, { connections, mail, organizations }: Settings): string | null {
  if (connections.size > 0) return null;
  if (!mail) return 'PSA & email has no effect yet: neither a PSA connection nor e-mail is set up.';
  const recipients = mail.recipients.length + (organizations.get(id)?.recipients?.length ?? 0);
  if (recipients > 0) return null;
  return 'PSA & email has no effect yet: no PSA connection is set up, and e-mail has no recipient.';
}

/** Decision 7: the connection chosen on the organization, else the default one; its account, else the catch-all. */
function targetOf({ id, connection_id }: OrganizationRow, settings: Settings): Answer['ticketTarget'] {
  const connectionId = connection_id ?? settings.defaultConnectionId;
  const connection = connectionId === undefined ? undefined : settings.connections.get(connectionId);
  if (!connection) return null;
  return accountIn(connection, id);
}

/** Where its tickets would go in each connection that is not a draft. */
function accountsOf({ id }: OrganizationRow, settings: Settings): Answer['accounts'] {
  return [...settings.connections.values()].map((connection) => accountIn(connection, id));
}

function accountIn(connection: Connection, id: string): Answer['accounts'][number] {
  const mapped = connection.mappings.get(id)?.accountId;
  const accountId = mapped ?? connection.accounts.catchAllAccountId;
  return {
    connectionId: connection.id,
    connectionName: connection.name,
    accountId,
    accountName: connection.accountNames.get(accountId) ?? null,
    isCatchAll: mapped === undefined,
  };
}
