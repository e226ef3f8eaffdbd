import type { ServerResponse } from 'node:http';
import { Faults } from '../common/faults.ts';
import type { JournalLine } from '../common/journal.ts';
import { type EffectNote, Ledger } from '../common/ledger.ts';
import { RollingCount } from '../common/rollingCount.ts';
import { type Change, type Row, Table } from '../common/table.ts';
import { Timers } from '../common/timers.ts';
import type { EntityName } from './entities.ts';
import { PagingTokens } from './pagingTokens.ts';
import { type PicklistChange, Picklists } from './picklists.ts';
import { fillWithSamples, type SampleCompany } from './sampleData.ts';
import { defaultSettings, type Settings } from './settings.ts';

export type SampleChoice = { companies: number; seed: number; fixed: readonly SampleCompany[] };

/** The API user as a record: creator of everything that comes through the API. */
export const apiUserResourceId = 29682885;

/** Resources that can be assigned, with the roles that are defined for them. */
export const resourceRoles: ReadonlyMap<number, readonly number[]> = new Map([
  [apiUserResourceId, []],
  [29682886, [29683436, 29683437]],
  [29682887, [29683436]],
]);

/** One simulated tenant: its records, lists, switches, limits, and the record of what was done to it. */
export class Tenant {
  readonly samples: SampleChoice;
  readonly now: () => number;
  readonly ledger: Ledger;
  readonly faults = new Faults();
  readonly timers = new Timers();
  readonly calls = new RollingCount(3600);
  /** Requests in flight by integration code and first path segment. */
  readonly inFlight = new Map<string, number>();
  /** Answers of the API that are not finished. */
  readonly open = new Set<ServerResponse>();
  readonly paging = new PagingTokens();
  settings: Settings;
  tables: Record<EntityName, Table>;
  picklists: Picklists;
  wrongSecrets = 0;
  mailsSent = 0;
  /** Tickets that refuse every change. */
  readonly lockedTickets = new Set<number>();
  readonly #initialSettings: Partial<Settings>;
  readonly #ticketsOfDay = new Map<string, number>();

  constructor(samples: SampleChoice, initialSettings: Partial<Settings>, now: () => number) {
    this.samples = samples;
    this.now = now;
    this.ledger = new Ledger(now);
    this.#initialSettings = initialSettings;
    this.settings = { ...defaultSettings(), ...structuredClone(initialSettings) };
    this.tables = emptyTables();
    this.picklists = new Picklists();
    fillWithSamples(this.tables, this.samples);
  }

  /** The journal's first line: what the sample data was made from. */
  get startLine(): JournalLine {
    return { kind: 'start', samples: JSON.stringify(this.samples) };
  }

  /** Back to the sample data and the settings of the start. Calls that are still open are torn. */
  reset(): void {
    for (const response of this.open) response.destroy();
    this.settings = { ...defaultSettings(), ...structuredClone(this.#initialSettings) };
    this.tables = emptyTables();
    this.picklists = new Picklists();
    fillWithSamples(this.tables, this.samples);
    this.faults.clear();
    this.timers.stop();
    this.calls.clear();
    this.paging.clear();
    this.ledger.clear();
    this.ledger.note(this.startLine);
    this.lockedTickets.clear();
    this.#ticketsOfDay.clear();
    this.wrongSecrets = 0;
    this.mailsSent = 0;
  }

  /** Makes the changes and records them, all or none. */
  commit(note: EffectNote, changes: readonly Change[]): void {
    this.ledger.commit(note, changes);
    for (const change of changes) this.apply(change);
  }

  /** Makes a change without recording it: for changes that the journal already has. */
  apply(change: Change): void {
    const table = this.tables[change.table as EntityName];
    if (change.op === 'delete') table.delete(change.id);
    else if (change.op === 'update') table.update(change.id, change.set);
    else table.insert(change.row);
    if (change.op === 'insert' && change.table === 'Tickets')
      this.#countTicketNumber(String(change.row.ticketNumber));
  }

  /** Changes settings, and keeps them in the journal so that a restart finds them. */
  change(settings: Partial<Settings>): void {
    Object.assign(this.settings, settings);
    this.ledger.note({ kind: 'settings', settings });
  }

  /** Changes or adds a picklist value. Answers with a sentence when there is no such list. */
  changePicklist(key: string, value: number, change: PicklistChange): string | undefined {
    const problem = this.picklists.change(key, value, change);
    if (!problem) this.ledger.note({ kind: 'picklist', key, value, change });
    return problem;
  }

  lockTicket(id: number, isLocked: boolean): void {
    if (isLocked) this.lockedTickets.add(id);
    else this.lockedTickets.delete(id);
    this.ledger.note({ kind: 'ticketLock', id, isLocked });
  }

  /** Takes back in what a line of the journal says. Call before `ledger.attach`, or the line is written again. */
  restore(line: JournalLine): void {
    for (const change of this.ledger.restore(line)) this.apply(change);
    if (line.kind === 'request' && Number(line.inFlight) > 0) this.calls.add(Date.parse(String(line.time)));
    if (line.kind === 'settings') this.change(line.settings as Partial<Settings>);
    if (line.kind === 'picklist') {
      this.changePicklist(String(line.key), Number(line.value), line.change as PicklistChange);
    }
    if (line.kind === 'ticketLock') this.lockTicket(Number(line.id), line.isLocked === true);
  }

  /** `T20260604.0002`: the date in UTC, then a number that starts again every day. */
  nextTicketNumber(): string {
    const day = new Date(this.now()).toISOString().slice(0, 10).replaceAll('-', '');
    return `T${day}.${String((this.#ticketsOfDay.get(day) ?? 0) + 1).padStart(4, '0')}`;
  }

  /** Records that search finds at this time, from a table. */
  isFound(entity: EntityName, row: Row): boolean {
    return !this.tables[entity].isHidden(row.id, this.now());
  }

  #countTicketNumber(ticketNumber: string): void {
    const [, day, count] = /^T(\d{8})\.(\d+)$/.exec(ticketNumber) ?? [];
    if (day) this.#ticketsOfDay.set(day, Math.max(this.#ticketsOfDay.get(day) ?? 0, Number(count)));
  }
}

function emptyTables(): Record<EntityName, Table> {
  return {
    Tickets: new Table(['companyID', 'externalID', 'ticketNumber'], 88_001),
    TicketNotes: new Table(['ticketID'], 550_001),
    TicketCategories: new Table([], 10),
    TicketCategoryFieldDefaults: new Table(['ticketCategoryID'], 10),
    Companies: new Table(['companyName', 'parentCompanyID'], 201),
    CompanyLocations: new Table(['companyID'], 501),
    Contacts: new Table(['companyID', 'emailAddress', 'emailAddress2', 'emailAddress3'], 30_001),
    ClassificationIcons: new Table([], 300),
    Contracts: new Table(['companyID'], 29_683_601),
    Services: new Table([], 11),
  };
}
