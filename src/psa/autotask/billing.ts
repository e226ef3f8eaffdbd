/** Contracts of a company, and the catalogue of services (fact sheet autotask §4.6, §4.9, §6.9). */
import type { z } from 'zod';
import type { Billing, Contract, Read, Service } from '../contract.ts';
import { type Condition, type Entity, query } from './client.ts';
import type { Connection } from './connection.ts';
import { chunk, recordId } from './ids.ts';
import { filterIgnored, noSuchAccount, readCursor, toPage, unknownCursor } from './pages.ts';
import { type ContractRow, contractRow, type ServiceRow, serviceRow } from './types.ts';

const idsPerCall = 200;
/** The type that has service lines (§4.7). */
const recurringService = 7;
const activeStatus = 1;

const contractFields = [
  'id',
  'companyID',
  'contractName',
  'contractNumber',
  'contractType',
  'status',
  'startDate',
  'endDate',
];
const serviceFields = ['id', 'name', 'unitPrice', 'unitCost', 'isActive'];

/** Inactive ones are listed too: a contract has no isActive to search by, only status and dates (§2.4). */
export function createBilling(connection: Connection): Billing {
  const toContract = (row: ContractRow) => contractOf(row, today(connection));
  return {
    async contracts(accountId, { q }, cursor) {
      const companyID = recordId(accountId);
      if (companyID === undefined) return noSuchAccount;
      const from = readCursor(cursor);
      if (from === undefined) return unknownCursor;
      const rows = await query(connection, 'Contracts', {
        row: contractRow,
        include: contractFields,
        conditions: [
          { op: 'gt', field: 'id', value: from },
          { op: 'eq', field: 'companyID', value: companyID },
          ...named(['contractName', 'contractNumber'], q),
        ],
      });
      if (rows.kind === 'refused') return rows;
      if (rows.value.some((row) => row.companyID !== companyID)) return filterIgnored;
      return toPage(rows.value, from, toContract);
    },
    contractsById: (ids) => {
      const asking = { entity: 'Contracts', row: contractRow, include: contractFields } as const;
      return byId(connection, asking, ids, toContract);
    },
    async services({ q }, cursor) {
      const from = readCursor(cursor);
      if (from === undefined) return unknownCursor;
      const rows = await query(connection, 'Services', {
        row: serviceRow,
        include: serviceFields,
        conditions: [{ op: 'gt', field: 'id', value: from }, ...named(['name'], q)],
      });
      return rows.kind === 'ok' ? toPage(rows.value, from, serviceOf) : rows;
    },
    servicesById: (ids) => {
      const asking = { entity: 'Services', row: serviceRow, include: serviceFields } as const;
      return byId(connection, asking, ids, serviceOf);
    },
  };
}

/** Ids that Autotask cannot have, or does not show, are left out. */
async function byId<Row extends z.ZodType<{ id: number }>, T>(
  connection: Connection,
  { entity, row, include }: { entity: Entity; row: Row; include: readonly string[] },
  ids: readonly string[],
  convert: (row: z.output<Row>) => T,
): Promise<Read<T[]>> {
  const numbers = [...new Set(ids)].map(recordId).filter((id) => id !== undefined);
  const found: T[] = [];
  for (const part of chunk(numbers, idsPerCall)) {
    const conditions: Condition[] = [{ op: 'in', field: 'id', value: part }];
    const rows = await query(connection, entity, { row, include, conditions });
    if (rows.kind === 'refused') return rows;
    if (rows.value.some(({ id }) => !part.includes(id))) return filterIgnored;
    found.push(...rows.value.map(convert));
  }
  return { kind: 'ok', value: found };
}

function named(fields: readonly string[], q: string | undefined): Condition[] {
  const words = q?.trim();
  if (!words) return [];
  return [{ op: 'or', items: fields.map((field) => ({ op: 'contains', field, value: words })) }];
}

/** §4.6: there is no flag; in force is active, begun and not ended. Both days belong to it. */
function contractOf(row: ContractRow, now: string): Contract {
  const [startsOn, endsOn] = [row.startDate, row.endDate].map((date) => date?.slice(0, 10));
  const isInTime = (startsOn ?? now) <= now && now <= (endsOn ?? now);
  return {
    id: String(row.id),
    accountId: String(row.companyID),
    name: row.contractName,
    ...(row.contractNumber ? { number: row.contractNumber } : {}),
    ...(startsOn ? { startsOn } : {}),
    ...(endsOn ? { endsOn } : {}),
    isActive: row.status === activeStatus && isInTime,
    takesServices: row.contractType === recurringService,
  };
}

function serviceOf({ id, name, isActive, unitCost, unitPrice }: ServiceRow): Service {
  return {
    id: String(id),
    name,
    isActive,
    ...(unitCost === null || unitCost === undefined ? {} : { unitCost: decimal(unitCost) }),
    ...(unitPrice === null || unitPrice === undefined ? {} : { unitPrice: decimal(unitPrice) }),
  };
}

/** Four places are what a price of ours has. */
const decimal = (value: number): string => String(Number(value.toFixed(4)));

const today = ({ now }: Connection): string => new Date(now()).toISOString().slice(0, 10);
