/**
 * Once a day, what Herald depends on at a PSA is looked over before an alert needs it (promises J-12): the rights, the
 * fields that are written, the list values and the contracts that were chosen. What is wrong becomes a notice on the connection, and
 * what is right again takes its notice away. A check is some eight calls, counted like those of a person.
 */
import type { Logger } from 'pino';
import { crashPoint } from '../crashPoints.ts';
import { type Notice, recordNotices } from '../deliver/notices.ts';
import type { Adapter, Check, Choice, Contract, FieldChange, Needs, Read, Session } from '../psa/contract.ts';
import { changeSettings } from '../settings/index.ts';
import { type Asker, stopConnection, type Where } from './ask.ts';
import { checkChoices, namesOfChoices, neededLists } from './choices.ts';
import { finishTurn, planChecks, takeTurn } from './contractCheckStore.ts';
import { needsOf } from './contractRules.ts';
import { rememberContracts } from './contractStore.ts';
import { isPassing } from './directory.ts';
import { listMappings } from './mappingStore.ts';
import { type ListName, listNames, rememberNames } from './nameStore.ts';
import { clearMatters } from './notices.ts';
import type { OpenedConnection, Sessions } from './session.ts';
import { stepsOf } from './steps.ts';
import { type ConnectionRow, findConnection } from './store.ts';

export interface ContractChecks {
  /** Looks over the connections whose turn it is, one after another; never twice at once. */
  run(): Promise<void>;
  /** A check under way ends after its call; none is begun any more. */
  stop(): Promise<void>;
}

export interface ContractCheckParts extends Asker {
  sessions: Sessions;
  log: Logger;
}

/** All matters of these notices begin so: what the next check does not find is over. */
const prefix = 'contract ';

/** At most about so many calls are made by a check. */
const callsOfCheck = 10;

type Finding = Omit<Notice, 'channelId'>;

export function createContractChecks(parts: ContractCheckParts): ContractChecks {
  const { db, log } = parts;
  let underWay: Promise<void> | undefined;
  let isStopping = false;

  async function checkDue(): Promise<void> {
    while (!isStopping) {
      crashPoint('before-contract-turn');
      const where = await db.unfenced(async (tx) => {
        await planChecks(tx);
        return takeTurn(tx);
      });
      crashPoint('after-contract-turn');
      if (!where) return;
      try {
        await checkContract(parts, where, () => isStopping);
      } catch (error) {
        log.warn({ ...where, err: error }, 'contract.check.failed');
      }
    }
  }

  return {
    run() {
      underWay ??= checkDue().finally(() => {
        underWay = undefined;
      });
      return underWay;
    },
    async stop() {
      isStopping = true;
      await underWay?.catch(() => undefined);
    },
  };
}

/** Looks one connection over; where nothing could be learnt it stays due after its hour. */
async function checkContract(
  parts: ContractCheckParts,
  where: Where,
  isStopping: () => boolean,
): Promise<void> {
  const mayAsk = async () => (isStopping() ? undefined : findReady(parts, where));
  const before = await mayAsk();
  if (!before) return;
  const { adapter, session } = parts.sessions.probe(where.workspaceId, where.connectionId, before.opened);
  // The PSA rests, or its calls are used up: alerts need them more.
  const isOpen = async () => (await parts.sessions.gateOf(where, adapter, callsOfCheck)).kind === 'open';
  if (!(await isOpen())) return;
  const rights = await askRights(parts, where, session, {
    revision: before.opened.revision,
    needs: needsOf(adapter, before.row.steps),
  });
  // A person may have paused it meanwhile, or the login may have been refused to somebody else.
  if (!rights || (await mayAsk())?.row.revision !== before.row.revision || !(await isOpen())) return;
  const uses = await askUses(parts, where, { adapter, session }, before);
  if (uses) await save(parts, where, before.row, [...rights, ...uses]);
}

interface Ready {
  row: ConnectionRow;
  opened: OpenedConnection;
}

/** The connection, unless it is paused, waits for a person, is not finished or gone: nobody calls its PSA then. */
async function findReady({ db, sessions }: ContractCheckParts, where: Where): Promise<Ready | undefined> {
  const { workspaceId, connectionId } = where;
  const row = await db.inWorkspace(workspaceId, (tx) => findConnection(tx, workspaceId, connectionId));
  if (row?.connection_state !== 'active' || row.attention !== null) return undefined;
  const opened = await sessions.openConnection(workspaceId, connectionId);
  return opened?.revision === row.credentials_revision ? { row, opened } : undefined;
}

/** Undefined when the PSA was not reached, or refuses the login: then the connection is stopped. */
async function askRights(
  parts: ContractCheckParts,
  where: Where,
  session: Session,
  { revision, needs }: { revision: string; needs: Needs },
): Promise<Finding[] | undefined> {
  crashPoint('before-contract-rights');
  const checks = await session.verify(needs);
  crashPoint('after-contract-rights');
  const refused = checks.find(({ reason }) => reason === 'auth');
  if (refused) await stopConnection(parts, where, `The PSA refuses the login. ${refused.text}`, revision);
  if (refused || checks.some(({ reason }) => reason && isPassing(reason))) return undefined;
  return checks.filter(({ ok }) => !ok).map(toFinding);
}

const toFinding = ({ key, label, text }: Check): Finding => ({
  matter: `${prefix}right ${key}`,
  words: `${label}: ${text}`,
});

/** Fields that are written, then the values that were chosen for them. */
async function askUses(
  parts: ContractCheckParts,
  where: Where,
  { adapter, session }: { adapter: Adapter; session: Session },
  { row, opened }: Ready,
): Promise<Finding[] | undefined> {
  /** Undefined when nothing was learnt. */
  const valueIn = async <T>(read: Read<T>): Promise<T | undefined> => {
    if (read.kind === 'ok') return read.value;
    if (read.reason === 'auth') await stopConnection(parts, where, read.text, opened.revision);
    return undefined;
  };
  crashPoint('before-contract-fields');
  const changes = await valueIn<FieldChange[]>((await session.fieldChanges?.()) ?? { kind: 'ok', value: [] });
  crashPoint('after-contract-fields');
  if (!changes) return undefined;
  const findings = changes.map(({ key, text }) => ({ matter: `${prefix}field ${key}`, words: text }));
  // The list of a field that is gone cannot be read.
  const names: ListName[] = [];
  const gone = new Set(changes.map(({ key }) => key));
  for (const step of stepsOf(adapter)) {
    const values = row.steps[step] ?? {};
    const choices = new Map<string, Choice[]>();
    for (const list of neededLists(adapter.fields, step, values)) {
      if (gone.has(list)) continue;
      crashPoint('before-contract-choices');
      const offered = await valueIn(await session.choices(list));
      crashPoint('after-contract-choices');
      if (!offered) return undefined;
      choices.set(list, offered);
    }
    names.push(...namesOfChoices(adapter.fields, step, values, choices));
    for (const { field, message } of checkChoices(adapter.fields, step, values, choices)) {
      const words = `${message} Choose another one in the step ${step}.`;
      findings.push({ matter: `${prefix}value ${step}.${field}`, words });
    }
  }
  await keepNames(parts, where, names);
  if (!needsOf(adapter, row.steps).contracts || !session.billing) return findings;
  const rows = await listMapped(parts, where);
  if (rows.length === 0) return findings;
  crashPoint('before-contract-contracts');
  const read = await session.billing.contractsById(rows.map(({ contractId }) => contractId));
  crashPoint('after-contract-contracts');
  // A right that is missing has its own line.
  if (read.kind === 'refused' && read.reason === 'invalid') return findings;
  const met = await valueIn(read);
  if (!met) return undefined;
  await parts.db.inWorkspace(where.workspaceId, async (tx) => {
    await rememberContracts(tx, where.workspaceId, where.connectionId, met);
    crashPoint('before-contracts-commit');
  });
  crashPoint('after-contracts-commit');
  return [...findings, ...findLostContracts(rows, met)];
}

/** Values that the PSA has renamed go by their new names from here on; the settings are new only if any has. */
async function keepNames(
  { db }: ContractCheckParts,
  { workspaceId, connectionId }: Where,
  names: readonly ListName[],
): Promise<void> {
  const known = await db.inWorkspace(workspaceId, (tx) => listNames(tx, workspaceId, connectionId));
  const stand = new Set(known.map(({ list, id, name }) => JSON.stringify([list, id, name])));
  const news = names.filter(({ list, id, name }) => !stand.has(JSON.stringify([list, id, name])));
  if (news.length === 0) return;
  await changeSettings(db, workspaceId, async (tx) => {
    // It may have been removed meanwhile.
    if (await findConnection(tx, workspaceId, connectionId)) {
      await rememberNames(tx, workspaceId, connectionId, news);
    }
  });
}

interface MappedContract {
  contractId: string;
  organization: string;
  accountId: string;
}

function listMapped({ db }: ContractCheckParts, { workspaceId, connectionId }: Where) {
  return db.inWorkspace(workspaceId, async (tx): Promise<MappedContract[]> => {
    const rows = await listMappings(tx, workspaceId, connectionId);
    return rows.flatMap(({ contract_id, organization_name: organization, account_id: accountId }) =>
      contract_id === null ? [] : [{ contractId: contract_id, organization, accountId }],
    );
  });
}

/** Contracts that tickets are made without (req 93), one finding for each. */
function findLostContracts(rows: readonly MappedContract[], met: readonly Contract[]): Finding[] {
  const contracts = new Map(met.map((contract) => [contract.id, contract]));
  const lost = rows.filter(({ contractId, accountId }) => {
    const contract = contracts.get(contractId);
    return !contract?.isActive || contract.accountId !== accountId;
  });
  return [...Map.groupBy(lost, ({ contractId }) => contractId)].map(([contractId, users]) => {
    const contract = contracts.get(contractId);
    const name = contract ? `The contract ${contract.name}` : `Contract ${contractId}`;
    const whose = users.length === 1 ? users[0]?.organization : `${users.length} organizations`;
    const what = !contract
      ? 'is not shown by the PSA any more'
      : contract.isActive
        ? 'belongs to another account now'
        : 'is not in force any more';
    const words = `${name} of ${whose} ${what}: tickets are made without it. Choose another one in the step contracts.`;
    return { matter: `${prefix}contract ${contractId}`, words };
  });
}

/** Notices of what was found and no others; of settings that were changed meanwhile nothing was learnt. */
async function save(
  { db, log }: ContractCheckParts,
  where: Where,
  { revision }: ConnectionRow,
  findings: readonly Finding[],
): Promise<void> {
  const { workspaceId, connectionId } = where;
  crashPoint('before-contract-saved');
  const told = await db.inWorkspace(workspaceId, async (tx) => {
    const row = await findConnection(tx, workspaceId, connectionId);
    if (row?.revision !== revision) return [];
    const but = findings.map(({ matter }) => matter);
    await clearMatters(tx, workspaceId, connectionId, { prefix, but });
    await finishTurn(tx, where);
    return recordNotices(
      tx,
      workspaceId,
      findings.map((finding) => ({ ...finding, channelId: connectionId })),
    );
  });
  crashPoint('after-contract-saved');
  for (const { words } of told) log.warn({ ...where, words }, 'contract.changed');
}
