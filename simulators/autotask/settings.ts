import type { EntityName } from './entities.ts';

export type Operation = 'create' | 'query' | 'update' | 'delete';

/** A workflow rule of the tenant: it acts a moment after a write, as fact sheet autotask §2.3 and §4.1 describe. */
export type WorkflowRule = {
  on: 'create' | 'patch' | 'note';
  /** Ticket fields that must have these values for the rule to act. */
  when?: Record<string, unknown>;
  /** Ticket fields that it changes. */
  set?: Record<string, unknown>;
  /** Counts one mail to the contact. */
  mail?: boolean;
  /** 0 acts before the answer is sent. */
  afterMs?: number;
};

/** Everything about the simulated tenant that can be switched while it runs (`POST /control/set`). */
export type Settings = {
  credentials: { username: string; secret: string; integrationCode: string };
  /** Tracking identifiers of other integrations of the same tenant, valid with the same user. */
  otherCodes: string[];
  locked: boolean;
  /** Wrong secrets in a row until the user is locked; 0 never. */
  lockAfter: number;
  unauthorizedBody: 'empty' | 'errors';
  /** The tenant now lives below /zone2; its old address answers 401. */
  zoneMoved: boolean;
  zoneDoubleSlash: boolean;
  searchLagMs: number;
  latencyMs: number;
  threshold: number;
  /** The threshold is for so many minutes; the vendor's are 60. */
  thresholdMinutes: number;
  /** Calls of other integrations in that time, added to our own. */
  used: number;
  /** Half a second from 50 % of the threshold, a second from 75 %. */
  penalties: boolean;
  thresholdStatus: 429 | 500;
  /** Calls in flight per integration and entity. */
  threads: number;
  threadStatus: 429 | 500;
  rights: Partial<Record<EntityName, Partial<Record<Operation, boolean>>>>;
  /** True: searches find nothing; a list: for these entities. */
  restrictedRows: boolean | string[];
  /** Fields that a ticket category demands at create, by category id. */
  categoryRequires: Record<string, string[]>;
  /** Categories with "require titles on ticket notes". */
  noteTitleCategories: number[];
  /** Fields that a ticket needs before it may be completed. */
  completionRequires: string[];
  workflow: WorkflowRule[];
  /** `old`: date-times without zone letter and with milliseconds. */
  dateStyle: 'utc' | 'old';
  referenceText: 'new' | 'old';
  /** Letter case of picklistParentValueField. */
  parentFieldCase: 'camel' | 'pascal';
};

export function defaultSettings(): Settings {
  return {
    credentials: {
      username: 'api.user@msp.example',
      secret: 'Sim-Secret-1',
      integrationCode: 'SIMULATORTRACKINGCODE000001',
    },
    otherCodes: [],
    locked: false,
    lockAfter: 5,
    unauthorizedBody: 'empty',
    zoneMoved: false,
    zoneDoubleSlash: false,
    searchLagMs: 0,
    latencyMs: 0,
    threshold: 10_000,
    thresholdMinutes: 60,
    used: 0,
    penalties: true,
    thresholdStatus: 429,
    threads: 3,
    threadStatus: 429,
    rights: {},
    restrictedRows: false,
    categoryRequires: {},
    noteTitleCategories: [],
    completionRequires: [],
    workflow: [],
    dateStyle: 'utc',
    referenceText: 'new',
    parentFieldCase: 'camel',
  };
}
