/** What a worker is made of, what it asks for a connection, and a channel as it serves it. */
import type { Logger } from 'pino';
import type { Database } from '../db/database.ts';
import type { Channel } from '../deliver/channel.ts';
import type { DrainParts } from '../deliver/drain.ts';
import type { Outbound } from '../outbound/index.ts';
import type { Adapter } from '../psa/contract.ts';
import type { MailServingParts } from './mailServing.ts';

export interface WorkerParts extends DrainParts {
  db: Database;
  log: Logger;
  adapters: ReadonlyMap<string, Adapter>;
  outbound: Outbound;
  /** Unique to this process start. */
  holder: string;
  settleMs: number | undefined;
  /** False for a process that only serves the API: it takes no lease and tells the others. */
  serves: boolean;
  /** What a channel needs to call its PSA. Undefined: nothing to serve. */
  openConnection(workspaceId: string, connectionId: string): Promise<OpenedConnection | undefined>;
  /** How connections stand now, many for one question; one that is missing has nothing to serve. */
  standingOf(workspaceId: string, connectionIds: readonly string[]): Promise<ReadonlyMap<string, Standing>>;
  /** Absent: this worker sends no mail. */
  mail?: MailServingParts;
  /** The PSA refused the login; `revision` says of which credentials, and those in use now are not stopped for others. */
  stopConnection(
    workspaceId: string,
    connectionId: string,
    problem: string,
    revision?: string,
  ): Promise<void>;
  /** Asks the PSAs that were not asked today whether all that is depended on is as it was; takes as long as they take. */
  checkContracts?(): Promise<void>;
  /** Removes what workspaces do not keep any longer; takes as long as that takes. */
  removeOld?(): Promise<void>;
  /** Describes alerts for lists and counts; takes as long as that takes. */
  describeAlerts?(): Promise<void>;
  /** Mails administrators once a month what is to be reviewed; takes as long as that takes. */
  remindReviews?(): Promise<void>;
  /** So many critical alerts were found that their PSA does not take. */
  onWayOut?(count: number): void;
  /** Milliseconds between renewals and between sweeps; for tests. */
  everyMs?: { renew: number; sweep: number };
}

/** What decides whether a channel is opened anew. */
export interface Standing {
  /** Of the credentials: changes whenever they do. */
  revision: string;
  /** The login was refused and nobody has acted yet. */
  needsPerson?: boolean;
}

export interface OpenedConnection extends Standing {
  kind: string;
  credentials: Record<string, string>;
}

export interface Served extends Channel {
  /** Of the credentials that the session uses. */
  readonly revision: string;
  /** As last seen: the login was refused and a person must act. */
  needsPerson: boolean;
}
