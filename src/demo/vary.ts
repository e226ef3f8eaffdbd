/**
 * The samples again and again, each round a little different, so that the demo can go on for ever: new ids and times
 * in every round; in every second round other people and devices too, so that some alerts open tickets and others
 * join those that are open. Within a round, repeats and changes of an alert stay what they are. Pure.
 */
import type { Sample } from '../intake/samples/index.ts';
import type { FormatName } from '../intake/types.ts';

type JsonRecord = Record<string, unknown>;

/** The time of the first mention of each alert in a round, because a repeat must be the same to the letter. */
export type Times = Map<string, Date>;

/** The body of a sample as it is sent in this round. */
export function vary({ format, body }: Sample, round: number, times: Times, now: Date): unknown {
  const varied = recast(structuredClone(body), round);
  for (const record of recordsOf(varied as JsonRecord)) {
    const key = `${format}|${JSON.stringify(idOf[format](record))}`;
    const at = times.get(key) ?? now;
    times.set(key, at);
    stamp[format](record, at.toISOString(), now.toISOString());
    renew[format](record, round);
  }
  return varied;
}

/** The alerts of a body: those of an envelope, or the one that it is. */
function recordsOf(body: JsonRecord): JsonRecord[] {
  const list = body.value ?? body.alerts;
  return Array.isArray(list) ? (list as JsonRecord[]) : [body];
}

const inside = (record: JsonRecord, member: string): JsonRecord => (record[member] ?? {}) as JsonRecord;

const idOf: Record<FormatName, (record: JsonRecord) => unknown> = {
  native: ({ externalId }) => externalId,
  ocsf: (record) => inside(record, 'metadata').uid ?? inside(record, 'finding_info').uid,
  wazuh: ({ id }) => id,
  graph: ({ id }) => id,
  huntress: ({ id }) => id,
  saasalerts: ({ eventId, alertId }) => eventId ?? alertId,
  alertmanager: ({ fingerprint }) => fingerprint,
};

/** Puts the times in: of the alert, and of this word about it. */
const stamp: Record<FormatName, (record: JsonRecord, at: string, now: string) => void> = {
  native: (record, at) => {
    record.occurredAt = at;
  },
  ocsf: (record, _at, now) => {
    record.time = Date.parse(now);
  },
  wazuh: (record, at) => {
    record.timestamp = at.replace('Z', '+0000');
  },
  graph: (record, at) => {
    for (const member of ['createdDateTime', 'activityDateTime', 'detectedDateTime']) {
      if (member in record) record[member] = at;
    }
  },
  huntress: (record, at, now) => {
    record.sent_at = at;
    record.updated_at = now;
    if ('closed_at' in record) record.closed_at = now;
  },
  saasalerts: (record, at) => {
    if ('timestamp' in record) record.timestamp = at;
    for (const event of (record.events ?? []) as JsonRecord[]) event.at = at;
  },
  alertmanager: (record, at, now) => {
    record.startsAt = at;
    if (record.status === 'resolved') record.endsAt = now;
  },
};

const marked = (id: unknown, round: number): unknown =>
  id === undefined || round === 0 ? id : `${String(id)}-${round}`;

/** Puts the ids of the round in. */
const renew: Record<FormatName, (record: JsonRecord, round: number) => void> = {
  native: (record, round) => {
    record.externalId = marked(record.externalId, round);
  },
  ocsf: (record, round) => {
    const metadata = inside(record, 'metadata');
    if ('uid' in metadata) metadata.uid = marked(metadata.uid, round);
    const findings = [inside(record, 'finding_info'), ...((record.finding_info_list ?? []) as JsonRecord[])];
    for (const finding of findings) finding.uid = marked(finding.uid, round);
  },
  wazuh: (record, round) => {
    record.id = marked(record.id, round);
  },
  graph: (record, round) => {
    record.id = marked(record.id, round);
    if ('incidentId' in record) record.incidentId = marked(record.incidentId, round);
  },
  // Its ids are numbers.
  huntress: (record, round) => {
    record.id = Number(record.id) + round * 1_000;
  },
  saasalerts: (record, round) => {
    const member = 'eventId' in record ? 'eventId' : 'alertId';
    record[member] = marked(record[member], round);
  },
  // The start is a part of the id, and it is new in every round.
  alertmanager: () => undefined,
};

const firstNames = [
  'Noor',
  'Max',
  'Ines',
  'Omar',
  'Lea',
  'Ravi',
  'Tess',
  'Ivo',
  'Mila',
  'Jon',
  'Zoe',
] as const;
const lastNames = ['Khan', 'Berg', 'Costa', 'Said', 'Marsh', 'Iyer', 'Vos'] as const;

/** Those whom the samples name, by the local part of their address; with the full name where one is given. */
const cast: Record<string, string | undefined> = {
  ana: 'Ana Ortiz',
  bo: 'Bo',
  kim: 'Kim',
  lou: undefined,
  cy: undefined,
  eli: 'Eli Bauer',
  dora: 'Dora Lind',
  gil: undefined,
  femi: undefined,
  hana: undefined,
};
const addresses = new RegExp(`\\b(${Object.keys(cast).join('|')})(\\+\\w+)?@`, 'gi');
const devices =
  /\b(reception|web|cad|pro|lap|adv-lap|srv|vpn|fab-file|FAB-DC|LAB|litware-nas)(-?\d+)?(?=[". ])/g;

/** In every second round, other people at other devices. */
function recast<T>(body: T, round: number): T {
  if (round % 2 === 0) return body;
  const turn = (round - 1) / 2;
  let text = JSON.stringify(body);
  for (const [at, [local, fullName]] of Object.entries(cast).entries()) {
    if (!text.toLowerCase().includes(`${local}@`) && !text.toLowerCase().includes(`${local}+`)) continue;
    const { first, full } = person(turn, at);
    if (fullName) text = text.replaceAll(fullName, full);
    text = text.replace(new RegExp(`\\b${fullName?.split(' ')[0] ?? '(?!)'}\\b(?![+@])`, 'g'), first);
  }
  const locals = Object.keys(cast);
  text = text.replace(addresses, (_all, local: string, tag: string | undefined) => {
    const { first, last } = person(turn, locals.indexOf(local.toLowerCase()));
    return `${first}.${last}${tag ?? ''}@`.toLowerCase();
  });
  text = text.replace(devices, (_all, name: string) => `${name}-${20 + turn}`);
  return JSON.parse(text) as T;
}

function person(turn: number, at: number): { first: string; last: string; full: string } {
  const first = firstNames[(turn + at) % firstNames.length] ?? 'Noor';
  const last = lastNames[(Math.floor(turn / firstNames.length) + turn + at * 3) % lastNames.length] ?? 'Khan';
  return { first, last, full: `${first} ${last}` };
}
