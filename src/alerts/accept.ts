/**
 * Storing a batch of alerts with what they owe, in one transaction: new ones are planned and inserted, known ones are
 * duplicates or changes (promise P2, decision 23).
 */
import { ReadAgain, type Tx } from '../db/database.ts';
import { addressKey, type MailScope, planDeliveries, planUpdate } from '../plan/index.ts';
import type { Plan, Settings } from '../plan/types.ts';
import { isFollowUp } from './identity.ts';
import {
  insertAlerts,
  insertDeliveries,
  loadAlert,
  loadOwed,
  lockAlerts,
  type NewAlert,
  type NewDelivery,
  replaceAlert,
  type StoredAlert,
} from './store.ts';
import type { Alert } from './types.ts';

/** One alert as intake hands it over. */
export interface Incoming {
  alert: Alert;
  dedupKey: Buffer;
  bodyHash: Buffer;
  /** Unknown members as JSON text. */
  raw: string | null;
  /** Where a test goes, whatever the mapping and the recipients say (decision 21). */
  directed?: DirectedTicket | DirectedMail;
}

interface DirectedTicket {
  connectionId: string;
  accountId: string;
  contactId?: string;
}

/** A test mail to this address, in the format of global recipients or in that of the organization's. */
interface DirectedMail {
  address: string;
  scope: MailScope;
  organizationId?: string;
}

export interface Accepted {
  id: string;
  status: 'accepted' | 'duplicate' | 'updated';
  /** Channels that have something to do now. */
  channels: readonly string[];
}

/** Answers in the order of `entries`. The settings are held still by the caller's transaction. */
export async function acceptBatch(
  tx: Tx,
  workspaceId: string,
  settings: Settings,
  entries: readonly Incoming[],
): Promise<Accepted[]> {
  const answers = new Map<Incoming, Accepted>();
  let rest = [...entries];
  while (rest.length > 0) {
    // One entry per alert at a time: a second state of the same alert in one batch is decided after the first.
    const wave = firstPerAlert(rest);
    for (const [entry, accepted] of await acceptWave(tx, workspaceId, settings, wave))
      answers.set(entry, accepted);
    rest = rest.filter((entry) => !answers.has(entry));
  }
  return entries.map((entry) => answers.get(entry) as Accepted);
}

function firstPerAlert(entries: readonly Incoming[]): Map<string, Incoming> {
  const wave = new Map<string, Incoming>();
  for (const entry of entries) {
    const key = entry.dedupKey.toString('hex');
    if (!wave.has(key)) wave.set(key, entry);
  }
  return wave;
}

async function acceptWave(
  tx: Tx,
  workspaceId: string,
  settings: Settings,
  wave: ReadonlyMap<string, Incoming>,
): Promise<Map<Incoming, Accepted>> {
  const planned = [...wave.values()].map((entry) => toNewAlert(entry, settings));
  const ids = await insertAlerts(tx, workspaceId, settings.version, planned);
  const answers = new Map<Incoming, Accepted>();
  const known: Incoming[] = [];
  for (const [i, [key, entry]] of [...wave].entries()) {
    const id = ids.get(key);
    if (id === undefined) known.push(entry);
    else answers.set(entry, { id, status: 'accepted', channels: channelsOf(planned[i]?.deliveries ?? []) });
  }
  if (known.length === 0) return answers;
  const stored = await lockAlerts(
    tx,
    workspaceId,
    known.map(({ dedupKey }) => dedupKey),
  );
  for (const entry of known) {
    const before = stored.get(entry.dedupKey.toString('hex'));
    // Removed as too old in this very moment: read anew, it is a new alert.
    if (!before) throw new ReadAgain('an alert that was there is gone');
    answers.set(entry, await acceptKnown(tx, workspaceId, settings, before, entry));
  }
  return answers;
}

function toNewAlert(entry: Incoming, settings: Settings): NewAlert {
  const plan = entry.directed
    ? planDirected(entry.directed, settings)
    : planDeliveries(entry.alert, settings);
  const { alert } = entry;
  return {
    dedupKey: entry.dedupKey,
    bodyHash: entry.bodyHash,
    // Stored only if it is the first we hear of this alert: then its beginning was never sent to us.
    alert: isFollowUp(alert) ? { ...alert, flags: [...alert.flags, 'updateFirst'] } : alert,
    raw: entry.raw,
    organizationId: plan.organizationId,
    unassignedReference: plan.unassignedReference,
    nothingOwed: plan.nothingOwed,
    trace: plan.trace,
    deliveries: plan.deliveries,
  };
}

function planDirected(to: DirectedTicket | DirectedMail, { workspaceId }: Settings): Plan {
  if ('address' in to) {
    const target = addressKey(to.address);
    const trace = [`A test mail to ${to.address}, chosen by hand.`];
    const mail: NewDelivery = { channelId: workspaceId, target, state: 'pending', trace, directed: to };
    return { ...(to.organizationId && { organizationId: to.organizationId }), deliveries: [mail], trace: [] };
  }
  const { connectionId, ...directed } = to;
  const delivery: NewDelivery = { channelId: connectionId, state: 'pending', trace: [], directed };
  return { deliveries: [delivery], trace: ['A test ticket: the account was chosen by hand.'] };
}

async function acceptKnown(
  tx: Tx,
  workspaceId: string,
  settings: Settings,
  stored: StoredAlert,
  entry: Incoming,
): Promise<Accepted> {
  if (stored.bodyHash.equals(entry.bodyHash)) return { id: stored.id, status: 'duplicate', channels: [] };
  const before = await loadAlert(tx, workspaceId, stored.id);
  if (!before) throw new Error(`alert ${stored.id} is locked and yet gone`);
  const alert = withKnownStatus(entry.alert, before);
  await replaceAlert(tx, workspaceId, stored.id, { ...entry, alert });
  const owed = await loadOwed(tx, workspaceId, stored.id);
  const { deliveries } = planUpdate(before, alert, owed, settings);
  if (deliveries.length > 0) {
    const of = { alertId: stored.id, revision: stored.revision + 1, severity: alert.severity };
    await insertDeliveries(tx, workspaceId, settings.version, of, deliveries);
  }
  return { id: stored.id, status: 'updated', channels: channelsOf(deliveries) };
}

/** A later version without a status says nothing about it: the one before stays. */
function withKnownStatus(alert: Alert, { status }: Alert): Alert {
  return alert.status?.trim() || status === undefined ? alert : { ...alert, status };
}

const channelsOf = (deliveries: readonly NewDelivery[]): string[] =>
  deliveries.filter(({ state }) => state === 'pending').map(({ channelId }) => channelId);
