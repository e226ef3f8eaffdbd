import type { Change, Row } from '../common/table.ts';
import { type Entity, entities } from './entities.ts';
import { defaultSettings, type Settings } from './settings.ts';
import type { Tenant } from './tenant.ts';
import { changeTicket } from './workflow.ts';

type Members = Record<string, unknown>;

/**
 * Does what `POST /control/set` asks. Members are the names of settings, and `picklist`, `company`, `contact`,
 * `ticket` (one object or several in an array). Answers with a sentence, having changed nothing, when a part is wrong.
 */
export function changeTenant(tenant: Tenant, input: unknown): string | undefined {
  if (!isMembers(input)) return 'the body is an object of switches';
  const steps: (() => void)[] = [];
  for (const [name, value] of Object.entries(input)) {
    const prepare = parts[name];
    const prepared = prepare ? prepareAll(tenant, value, prepare) : prepareSetting(tenant, name, value);
    if (typeof prepared === 'string') return `${name}: ${prepared}`;
    steps.push(...prepared);
  }
  for (const step of steps) step();
  return undefined;
}

/** Checks one part and returns the step that does it. */
type Prepare = (tenant: Tenant, part: Members) => (() => void) | string;

const parts: Record<string, Prepare> = {
  picklist: preparePicklist,
  company: (tenant, part) => prepareRecord(tenant, entities.Companies, part),
  contact: (tenant, part) => prepareRecord(tenant, entities.Contacts, part),
  ticket: prepareTicket,
};

function prepareAll(tenant: Tenant, value: unknown, prepare: Prepare): (() => void)[] | string {
  const steps: (() => void)[] = [];
  for (const part of Array.isArray(value) ? value : [value]) {
    if (!isMembers(part)) return 'takes an object or an array of objects';
    const step = prepare(tenant, part);
    if (typeof step === 'string') return step;
    steps.push(step);
  }
  return steps;
}

function prepareSetting(tenant: Tenant, name: string, value: unknown): (() => void)[] | string {
  const standard = (defaultSettings() as Members)[name];
  if (standard === undefined) return 'there is no such switch';
  if (name === 'restrictedRows' ? !isRestriction(value) : !hasFormOf(standard, value)) {
    return `takes a value like ${JSON.stringify(standard)}`;
  }
  const allowed = choices[name];
  if (allowed && !allowed.includes(value)) return `is one of ${allowed.join(', ')}`;
  return [
    () => {
      // Credentials may be given in part. Unlocking forgets the wrong secrets, as a new password does.
      const whole =
        name === 'credentials' ? { ...tenant.settings.credentials, ...(value as Members) } : value;
      if (name === 'credentials' || name === 'locked') tenant.wrongSecrets = 0;
      tenant.change({ [name]: whole } as Partial<Settings>);
    },
  ];
}

const choices: Record<string, readonly unknown[]> = {
  unauthorizedBody: ['empty', 'errors'],
  thresholdStatus: [429, 500],
  threadStatus: [429, 500],
  dateStyle: ['utc', 'old'],
  referenceText: ['new', 'old'],
  parentFieldCase: ['camel', 'pascal'],
};

function isRestriction(value: unknown): boolean {
  return typeof value === 'boolean' || Array.isArray(value);
}

function hasFormOf(standard: unknown, value: unknown): boolean {
  return (
    typeof standard === typeof value && Array.isArray(standard) === Array.isArray(value) && value !== null
  );
}

function preparePicklist(tenant: Tenant, part: Members): (() => void) | string {
  const { field, value, ...change } = part;
  const key = String(field).includes('.') ? String(field) : `Tickets.${field}`;
  const [entity = '', name = ''] = key.split('.');
  if (tenant.picklists.values(entity, name).length === 0) return `no picklist ${key}`;
  if (!Number.isInteger(value)) return 'value is a whole number';
  const stray = Object.keys(change).find(
    (member) => !['isActive', 'label', 'parentValue', 'sortOrder', 'isDefaultValue'].includes(member),
  );
  if (stray) return `unknown member ${stray}`;
  return () => void tenant.changePicklist(key, Number(value), change);
}

function prepareRecord(tenant: Tenant, entity: Entity, part: Members): (() => void) | string {
  const { id, deleted, ...set } = part;
  const row = tenant.tables[entity.name].get(Number(id));
  if (!row) return `no ${entity.singular} ${id}`;
  const stray = strayField(entity, set);
  if (stray) return stray;
  const change: Change =
    deleted === true
      ? { op: 'delete', table: entity.name, id: row.id }
      : { op: 'update', table: entity.name, id: row.id, set: withNumberFlag(entity, set) };
  return () => commitChange(tenant, entity, row, change);
}

function commitChange(tenant: Tenant, entity: Entity, row: Row, change: Change): void {
  const effect = `${entity.singular.toLowerCase()}${change.op === 'delete' ? 'Deleted' : 'Changed'}`;
  tenant.commit({ request: 0, effect, by: 'control', id: row.id, companyID: row.companyID }, [change]);
}

/** Contacts keep isActive as 1 or 0; a person at a shell may write true or false. */
function withNumberFlag(entity: Entity, set: Members): Members {
  if (entity.name !== 'Contacts' || typeof set.isActive !== 'boolean') return set;
  return { ...set, isActive: set.isActive ? 1 : 0 };
}

function prepareTicket(tenant: Tenant, part: Members): (() => void) | string {
  const { id, deleted, locked, mergedInto, ...set } = part;
  const ticket = tenant.tables.Tickets.get(Number(id));
  if (!ticket) return `no Ticket ${id}`;
  const target = mergedInto === undefined ? undefined : tenant.tables.Tickets.get(Number(mergedInto));
  if (mergedInto !== undefined && (!target || target === ticket))
    return `cannot be merged into ${mergedInto}`;
  const stray = strayField(entities.Tickets, set);
  if (stray) return stray;
  return () => {
    if (typeof locked === 'boolean') tenant.lockTicket(ticket.id, locked);
    if (Object.keys(set).length > 0) changeTicket(tenant, ticket, set, 'control', 0);
    if (target) mergeTicket(tenant, ticket, target);
    if (deleted === true) {
      commitChange(tenant, entities.Tickets, ticket, { op: 'delete', table: 'Tickets', id: ticket.id });
    }
  };
}

/**
 * The vendor completes the merged ticket and leaves a system note on both (note types 93 and 94, fact sheet autotask
 * §4.2). What else a merge does is not known.
 */
function mergeTicket(tenant: Tenant, ticket: Row, target: Row): void {
  changeTicket(tenant, ticket, { status: 5 }, 'control', 0);
  addSystemNote(tenant, ticket, 93, `Merged into ${target.ticketNumber}`);
  addSystemNote(tenant, target, 94, `Absorbed ${ticket.ticketNumber}`);
}

function addSystemNote(tenant: Tenant, ticket: Row, noteType: number, title: string): void {
  const nowText = new Date(tenant.now()).toISOString();
  const id = tenant.tables.TicketNotes.takeId();
  const row: Row = {
    id,
    ticketID: ticket.id,
    title,
    description: title,
    noteType,
    publish: 1,
    createDateTime: nowText,
    lastActivityDate: nowText,
  };
  tenant.commit({ request: 0, effect: 'noteCreated', by: 'control', id, ticketID: ticket.id, title }, [
    { op: 'insert', table: 'TicketNotes', row },
  ]);
}

function strayField(entity: Entity, set: Members): string | undefined {
  const stray = Object.keys(set).find((name) => entity.byName.get(name.toLowerCase())?.name !== name);
  return stray === undefined ? undefined : `unknown member ${stray}`;
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
