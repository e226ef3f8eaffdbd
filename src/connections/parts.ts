import type { Actor } from '../http/index.ts';
import type { Receipt } from '../psa/contract.ts';
import type { SettingsCache } from '../settings/index.ts';
import type { Directory } from './directory.ts';
import type { Effects } from './effects.ts';
import type { SessionParts, Sessions } from './session.ts';

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

/** What the functions of this slice work with. */
export interface ConnectionParts extends SessionParts {
  settings: SettingsCache;
  sessions: Sessions;
  directory: Directory;
  effects: Effects;
  sendTestTicket(order: TestTicketOrder): Promise<TestTicketResult>;
  /** The address of an alert's page, for the preview. */
  alertLink(alertId: string): string;
}
