/** What the senders know by themselves: what they sent, what was acknowledged, and in which order both happened. */

export interface AlertToSend {
  externalId: string;
  /** The alert's title, and so the ticket that it belongs to. */
  group: string;
  /** The organization's reference. */
  reference: string;
  severity: 'low' | 'medium' | 'high' | 'critical';
  /** Of the workspace that it is sent to; the default one's if left out. */
  apiKey?: string | undefined;
}

/** One alert over all its copies and states. Moments are numbers of one counter: smaller = earlier. */
export interface Entry {
  readonly externalId: string;
  readonly group: string;
  /** When its first byte may first have left. */
  readonly firstSent: number;
  /** When the first whole 202 for it was in our hands; undefined = never. */
  acknowledged: number | undefined;
  /** Ids in all answers: one if all is well. */
  readonly ids: Set<string>;
  /** How often each status was answered: `accepted`, `updated`, `duplicate`. */
  readonly statuses: Map<string, number>;
  /** The states that were sent; each owes one place in a ticket or note. */
  readonly severities: Set<string>;
}

export interface Ledger {
  readonly entries: ReadonlyMap<string, Entry>;
  sending(alert: AlertToSend): Entry;
  acknowledge(entry: Entry, answer: { id: string; status: string }): void;
}

export function createLedger(): Ledger {
  const entries = new Map<string, Entry>();
  let moment = 0;
  const now = () => {
    moment += 1;
    return moment;
  };
  return {
    entries,
    sending({ externalId, group, severity }) {
      let entry = entries.get(externalId);
      if (!entry) {
        const answers = {
          acknowledged: undefined,
          ids: new Set<string>(),
          statuses: new Map<string, number>(),
        };
        entry = { externalId, group, firstSent: now(), ...answers, severities: new Set() };
        entries.set(externalId, entry);
      }
      entry.severities.add(severity);
      return entry;
    },
    acknowledge(entry, { id, status }) {
      entry.acknowledged ??= now();
      entry.ids.add(id);
      entry.statuses.set(status, (entry.statuses.get(status) ?? 0) + 1);
    },
  };
}
