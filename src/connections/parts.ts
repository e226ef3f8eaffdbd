import type { Actor } from '../access/index.ts';
import type { Tx } from '../db/database.ts';
import type { Receipt } from '../psa/contract.ts';
import type { SettingsCache } from '../settings/index.ts';
import type { Directory } from './directory.ts';
import type { SessionParts, Sessions } from './session.ts';

/** What becomes of deliveries when a connection changes; each in the transaction of the change, after the change. */
export interface Effects {
  /** A person must act: what waits is held for credentials. */
  onStopped(tx: Tx, workspaceId: string, connectionId: string): Promise<void>;
  /** New credentials, or the old ones work again: what was held for credentials goes on (decision 5). */
  onCredentialsRenewed(tx: Tx, workspaceId: string, connectionId: string): Promise<void>;
  /** What waits is held (decision 5). */
  onPause(tx: Tx, workspaceId: string, connectionId: string): Promise<void>;
  /** What the pause has held is left unsent or delivered (decision 5). */
  onResume(tx: Tx, workspaceId: string, connectionId: string, held: 'leave' | 'deliver'): Promise<void>;
  /** The connection is about to go: what waits for it ends as skipped. */
  onRemove(tx: Tx, workspaceId: string, connectionId: string): Promise<void>;
  /** The change is committed: whoever serves the connection looks again. */
  onChanged(workspaceId: string, connectionId: string): void;
}

/** What came of a test ticket (decision 21). `pending`: it is still on its way; the alert shows how it ends. */
export type TestTicketResult = { alertId: string } & (
  | { kind: 'done'; receipt: Receipt }
  | { kind: 'failed' | 'uncertain' | 'pending'; text: string }
);

export interface TestTicketOrder {
  workspaceId: string;
  connectionId: string;
  accountId: string;
  contactId?: string | undefined;
  actor: Actor;
}

/** Calls used and allowed in the window that the vendor counts. */
export interface Budget {
  used: number;
  allowed: number;
  windowMs: number;
}

/** What the functions of this slice work with. */
export interface ConnectionParts extends SessionParts {
  settings: SettingsCache;
  sessions: Sessions;
  directory: Directory;
  effects: Effects;
  /** Undefined while another process serves the connection, or none. */
  budgetOf(connectionId: string): Budget | undefined;
  sendTestTicket(order: TestTicketOrder): Promise<TestTicketResult>;
  /** The address of an alert's page, for the preview. */
  alertLink(alertId: string): string;
}
