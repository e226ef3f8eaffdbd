/**
 * What stands in for something that the PSA no longer takes (promises J-13 to J-15): each input once, then a person is
 * asked. Pure. A ticket with less in it beats no ticket.
 */
import { severities } from '../alerts/types.ts';
import { named, priorityName } from '../plan/index.ts';
import type { Connection, Resolution } from '../plan/types.ts';
import type { Field } from '../psa/contract.ts';
import type { Waiting } from './claim.ts';

export interface WithFallbacks {
  resolution: Resolution;
  /** What stands in for what, for the trace. */
  said: string[];
  /** Inputs that can be refused once more and still leave something to send. */
  fallbacks: string[];
}

type Refusing = Pick<Waiting, 'without' | 'directed' | 'alert'>;

/** The resolution with a stand-in for every input that was refused. */
export function withFallbacks(
  resolution: Resolution,
  delivery: Refusing,
  connection: Connection,
  fields: readonly Field[],
): WithFallbacks {
  const changed: Resolution = {
    ...resolution,
    values: { ...resolution.values },
  };
  const said: string[] = [];
  const { without } = delivery;
  if (without.includes('account')) said.push(...useCatchAll(changed, delivery, connection));
  if (without.includes('contract')) delete changed.contractId;
  if (without.includes(prioritiesKey(fields))) said.push(...usePriority(changed, connection));
  for (const field of fields) {
    if (without.includes(field.key)) said.push(...replaceValue(changed, field, fields, connection));
  }
  const offers = [
    'contact',
    'contract',
    ...(mayUseCatchAll(resolution, delivery, connection) ? ['account'] : []),
    ...(otherPriority(resolution, connection) === undefined ? [] : [prioritiesKey(fields)]),
    ...fields.filter((field) => standIn(resolution, field) !== undefined).map(({ key }) => key),
  ];
  return { resolution: changed, said, fallbacks: offers.filter((key) => !without.includes(key)) };
}

/** A test ticket goes to the account that a person named, or nowhere. */
const mayUseCatchAll = (
  { accountId }: Resolution,
  { directed }: Refusing,
  { accounts }: Connection,
): boolean => !directed && accounts.catchAllAccountId !== '' && accounts.catchAllAccountId !== accountId;

/** The contact and contract of the refused account go with it. */
function useCatchAll(resolution: Resolution, delivery: Refusing, connection: Connection): string[] {
  if (!mayUseCatchAll(resolution, delivery, connection)) return [];
  const { catchAllAccountId, catchAllContactId } = connection.accounts;
  const refused = resolution.accountId;
  resolution.accountId = catchAllAccountId;
  resolution.accountBy = 'refusal';
  delete resolution.contractId;
  if (resolution.contact.kind === 'find') {
    const { fallbackContactId: _, ...contact } = resolution.contact;
    resolution.contact = {
      ...contact,
      ...(catchAllContactId === undefined ? {} : { fallbackContactId: catchAllContactId }),
    };
  }
  return [
    `The PSA refused account ${named(refused, connection.accountNames)}: the catch-all account is used.`,
  ];
}

const prioritiesKey = (fields: readonly Field[]): string =>
  fields.find(({ role }) => role === 'priorities')?.key ?? 'priorities';

/** The priority of the next severity above that has another one, else of the next below. */
function otherPriority({ priority }: Resolution, { tickets }: Connection): string | undefined {
  const at = severities.findIndex((severity) => tickets.priorities[severity] === priority);
  const nearest = [...severities.slice(at + 1), ...severities.slice(0, Math.max(at, 0)).reverse()];
  return (
    nearest.map((severity) => tickets.priorities[severity]).find((id) => id && id !== priority) ?? undefined
  );
}

function usePriority(resolution: Resolution, connection: Connection): string[] {
  const other = otherPriority(resolution, connection);
  if (other === undefined) return [];
  const [refused, used] = [resolution.priority, other].map((id) => priorityName(id, connection));
  const said = `The PSA refused priority ${refused}: priority ${used} is used.`;
  resolution.priority = other;
  return [said];
}

/** What a refused select field sends instead: null for nothing; undefined when there is nothing to fall back to. */
function standIn({ values }: Pick<Resolution, 'values'>, field: Field): string | null | undefined {
  if (field.kind !== 'select' || values[field.key] === undefined) return undefined;
  if (field.whenRefused === 'leaveOut') return null;
  return field.whenRefused?.find((value) => value !== values[field.key]);
}

/** A sub-issue goes with its issue type: what depends on a field that is left out is left out too. */
function replaceValue(
  resolution: Resolution,
  field: Field,
  fields: readonly Field[],
  { choiceNames }: Connection,
): string[] {
  const other = standIn(resolution, field);
  if (other === undefined) return [];
  const names = choiceNames.get(field.key);
  const said = `The PSA refused ${field.label} ${named(resolution.values[field.key] ?? '', names)}`;
  if (other === null) {
    delete resolution.values[field.key];
    for (const child of fields) {
      if (child.kind === 'select' && child.dependsOn === field.key) delete resolution.values[child.key];
    }
    return [`${said}: it is left out.`];
  }
  resolution.values[field.key] = other;
  return [`${said}: ${named(other, names)} is used.`];
}

/** What to tell the operator of a connection when an input was done without; undefined for what is no fault of settings. */
export function noticeOf(
  input: string,
  problem: string,
  accountId: string | undefined,
): { matter: string; words: string } | undefined {
  switch (input) {
    case 'contact':
      return undefined;
    case 'account': {
      const words = `${problem} Its tickets go to the catch-all account until the mapping is changed.`;
      return { matter: `account ${accountId ?? ''}`.trim(), words };
    }
    case 'contract':
      return {
        matter: 'contract',
        words: `${problem} Tickets are made without it until the mapping is changed.`,
      };
    default:
      return {
        matter: input,
        words: `${problem} Tickets are made without it until the ticket settings are corrected.`,
      };
  }
}
