/** Verification of a connection, right by right (fact sheet autotask §6.1, req 50, 51). */
import type { Check, Needs, Refusal } from '../contract.ts';
import { countVisible, type Entity, readEntityInformation, readThreshold } from './client.ts';
import type { Connection } from './connection.ts';
import type { EntityInformation } from './types.ts';

type Operation = 'create' | 'query';

interface Right {
  entity: Entity;
  words: string;
  operations: readonly Operation[];
}

/** What the calls of a session need, and no more. */
const rights: readonly Right[] = [
  { entity: 'Tickets', words: 'tickets', operations: ['create', 'query'] },
  { entity: 'TicketNotes', words: 'ticket notes', operations: ['create', 'query'] },
  { entity: 'Companies', words: 'companies', operations: ['query'] },
  { entity: 'Contacts', words: 'contacts', operations: ['query'] },
];

/** Asked for only where contracts are used: most security levels need not show them. */
const contractRights: readonly Right[] = [
  { entity: 'Contracts', words: 'contracts', operations: ['query'] },
  { entity: 'Services', words: 'services', operations: ['query'] },
];

/**
 * One call after another. Stops at a refused login, because repeated ones lock the API user (§1.4), and when
 * Autotask cannot be reached or asks for a pause, because the lines that follow would say nothing.
 */
export async function verifyConnection(
  connection: Connection,
  { contracts = false }: Needs = {},
): Promise<Check[]> {
  const checks: Check[] = [];
  const needed = contracts ? [...rights, ...contractRights] : rights;
  for (const step of [checkZone, checkLogin, ...needed.map(rightCheck), checkVisibility]) {
    const { lines, stop } = await step(connection);
    checks.push(...lines);
    if (stop) break;
  }
  return checks;
}

interface Step {
  lines: Check[];
  stop: boolean;
}

async function checkZone(connection: Connection): Promise<Step> {
  const zone = await connection.findZone();
  const label = 'API Username is known to Autotask';
  if (zone.kind === 'ok') {
    return { lines: [ok('zone', label, `Served by ${new URL(zone.value.baseUrl).host}.`)], stop: false };
  }
  const advice = zone.reason === 'auth' ? ' Copy the key of the API user again, without spaces.' : '';
  return { lines: [refused('zone', label, zone, advice)], stop: true };
}

/** The threshold proves all three secrets at once, and shows the load. */
async function checkLogin(connection: Connection): Promise<Step> {
  const label = 'API Password and API Tracking Identifier are accepted';
  const usage = await readThreshold(connection);
  if (usage.kind === 'refused') {
    return { lines: [refused('login', label, usage, loginAdvice(usage))], stop: true };
  }
  const { currentTimeframeRequestCount: used, externalRequestThreshold: allowed } = usage.value;
  const minutes = usage.value.requestThresholdTimeframe;
  const text = `${used} of ${allowed} calls were used in the last ${minutes} minutes, by all tools together.`;
  return { lines: [ok('login', label, text)], stop: false };
}

/** §1.4: the wording for an unknown user is not settled, so an unclear 500 is shown with what it may mean. */
function loginAdvice(refusal: Refusal): string {
  if (refusal.reason === 'auth') {
    return ' Check all three values, and in Autotask whether the API user is active and not locked.';
  }
  return refusal.reason === 'serverError'
    ? ' The API user may be unknown, or lack the right to use the API.'
    : '';
}

function rightCheck(right: Right): (connection: Connection) => Promise<Step> {
  return async (connection) => {
    const information = await readEntityInformation(connection, right.entity);
    const stop = information.kind === 'refused' && information.reason !== 'invalid';
    const lines = right.operations.map((operation) => {
      const key = `${right.entity}.${operation}`;
      const label = `${operation === 'create' ? 'Create' : 'Read'} ${right.words}`;
      if (information.kind === 'refused') return refused(key, label, information);
      return isAllowed(information.value, operation)
        ? ok(key, label, 'Allowed.')
        : failed(key, label, `Allow it for ${right.words} in the security level of the API user.`);
    });
    return { lines, stop };
  };
}

function isAllowed(info: EntityInformation, operation: Operation): boolean {
  const [can, access] =
    operation === 'create'
      ? [info.canCreate, info.userAccessForCreate]
      : [info.canQuery, info.userAccessForQuery];
  return can && access !== 0 && String(access).toLowerCase() !== 'none';
}

/** A restricted security level answers 200 with no rows (§1.4). */
async function checkVisibility(connection: Connection): Promise<Step> {
  const label = 'Companies are visible';
  const count = await countVisible(connection, 'Companies');
  if (count.kind === 'refused') return { lines: [refused('visibility', label, count)], stop: true };
  const text =
    'The API user sees none. Check the access to companies in its security level and its Line of Business.';
  const line =
    count.value > 0
      ? ok('visibility', label, `${count.value} companies, those that are not active included.`)
      : failed('visibility', label, text);
  return { lines: [line], stop: false };
}

function ok(key: string, label: string, text: string): Check {
  return { key, label, ok: true, text };
}

function failed(key: string, label: string, text: string): Check {
  return { key, label, ok: false, text };
}

function refused(key: string, label: string, { reason, text }: Refusal, advice = ''): Check {
  return { ...failed(key, label, text + advice), reason };
}
