/** Whom and what an OCSF finding is about: looked for in evidences, then resources, then observables. */
import type { Alert } from '../alerts/types.ts';
import { at, first, isAddress, isRecord, type JsonRecord, list, name, number, userOf } from './reader.ts';

/** `observables[].type_id` (OCSF dictionary: observable type). */
const observable = { hostname: 1, ip: 2, userName: 4, emailAddress: 5 };

type User = NonNullable<Alert['user']>;
type Device = NonNullable<Alert['device']>;

export function findUser(record: JsonRecord): User | undefined {
  for (const evidence of list(record, 'evidences')) {
    const user = readUser(at(evidence, 'user')) ?? readUser(at(evidence, 'actor', 'user'));
    if (user) return user;
  }
  const resources = list(record, 'resources');
  const resource = first(resources, (one) => isOfType(one, 'user'));
  const owned = first(resources, (one) => readUser(one.owner) !== undefined);
  return readUser(resource) ?? readUser(owned?.owner) ?? observedUser(record);
}

function observedUser(record: JsonRecord): User | undefined {
  return userOf(observed(record, observable.emailAddress) ?? observed(record, observable.userName));
}

function readUser(user: unknown): User | undefined {
  const called = name(user, 'name') ?? name(user, 'full_name');
  const address =
    name(user, 'email_addr') ?? (called !== undefined && isAddress(called) ? called : undefined);
  const word = name(user, 'uid');
  if (address === undefined) return userOf(called ?? word);
  return called === undefined || called === address ? { email: address } : { email: address, name: called };
}

export function findDevice(record: JsonRecord): Device | undefined {
  const host = first(list(record, 'resources'), (one) => isOfType(one, 'host'));
  const seen = first(list(record, 'evidences'), (one) => readDevice(one.device) !== undefined);
  return readDevice(record.device) ?? readDevice(host) ?? readDevice(seen?.device) ?? observedDevice(record);
}

function observedDevice(record: JsonRecord): Device | undefined {
  const host = observed(record, observable.hostname);
  return host === undefined ? undefined : { name: host };
}

function readDevice(device: unknown): Device | undefined {
  const called = name(device, 'hostname') ?? name(device, 'name');
  const ip = name(device, 'ip');
  if (called === undefined && ip === undefined) return undefined;
  return { ...(called !== undefined && { name: called }), ...(ip !== undefined && { ip }) };
}

export function findIp(record: JsonRecord): string | undefined {
  return name(source(record), 'ip') ?? observed(record, observable.ip);
}

export function findLocation(record: JsonRecord): { country?: string; city?: string } {
  const place = at(source(record), 'location');
  return { country: name(place, 'country'), city: name(place, 'city') };
}

/** Where it came from: the source end point of the first evidence that has one. */
function source(record: JsonRecord): unknown {
  return first(list(record, 'evidences'), (one) => isRecord(one.src_endpoint))?.src_endpoint;
}

function observed(record: JsonRecord, typeId: number): string | undefined {
  const found = first(list(record, 'observables'), (one) => number(one, 'type_id') === typeId);
  return name(found, 'value');
}

function isOfType(resource: JsonRecord, type: string): boolean {
  return name(resource, 'type')?.toLowerCase() === type;
}
