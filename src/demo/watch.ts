/** One alert from its answer at intake to what is shown of it. Never rejects. */
import type { Client } from '../cli/client.ts';
import { formats } from '../intake/formats.ts';
import type { BlockAlert } from './blocks.ts';
import type { Counts } from './counts.ts';
import { follow, isOfPsa, isSettled, type Sight } from './follow.ts';
import { type IntakeStatus, type Story, tell, tellRejection } from './story.ts';
import type { DemoRequest } from './stream.ts';

/** What all watches share. */
export interface Watching {
  client: Client;
  counts: Counts;
  abort: AbortSignal;
  /** A shorter link to a ticket than the PSA's own, if there is one. */
  linkOf(ticketId: string, link: string): string;
  /** Alerts that were shown before they had come to an end. */
  unfinished: Set<Promise<void>>;
}

/** What intake answered for one alert of a request. */
export interface Result {
  id?: string;
  status: IntakeStatus;
  error?: { message: string };
}

export interface Shown {
  alert: BlockAlert;
  story: Story;
}

/** An alert of a request, as it was sent and answered. */
export interface Sent {
  at: Date;
  result: Result;
  request: DemoRequest;
  /** Which alert of the request. */
  position: number;
}

/** A block is shown without the ticket's number when that takes longer. */
const patienceMs = 12_000;
const laterEveryMs = 3_000;

/** Follows one alert to its end, and counts it. Undefined when the demo ended before. */
export async function watch(shared: Watching, sent: Sent): Promise<Shown | undefined> {
  const { id, status, error } = sent.result;
  if (status === 'rejected' || id === undefined) {
    return counted(shared, {
      alert: asSent(sent),
      story: tellRejection(error?.message ?? 'no reason was given'),
    });
  }
  try {
    const sight = await follow(shared.client, id, {
      ...(status === 'accepted' && { revision: 1 }),
      ...(status === 'duplicate' && { isEnough: () => true }),
      deadlineMs: patienceMs,
      abort: shared.abort,
    });
    if (shared.abort.aborted && !sight) return undefined;
    const story = tell(status, sight);
    if (story.link && story.ticketId) story.link = shared.linkOf(story.ticketId, story.link);
    if (story.ending === 'waiting' && sight) finishLater(shared, sent, id, sight);
    return counted(shared, { alert: sight ? { ...asSent(sent), ...asStored(sight) } : asSent(sent), story });
  } catch (cause) {
    // Herald is ending: the alert is stored, and nobody looks any more.
    if (shared.abort.aborted) return undefined;
    return counted(shared, {
      alert: asSent(sent),
      story: { ending: 'unaccounted', steps: [status, (cause as Error).message] },
    });
  }
}

function counted({ counts }: Watching, shown: Shown): Shown {
  counts.underWay -= 1;
  counts.endings[shown.story.ending] += 1;
  return shown;
}

/** Its block is shown as waiting; when it has come to an end, the counters say so. */
function finishLater(shared: Watching, { result }: Sent, id: string, { deliveries }: Sight): void {
  const { client, abort, counts, unfinished } = shared;
  const revision = deliveries[0]?.revision;
  const isEnough = (sight: Sight) => sight.deliveries.filter(isOfPsa).every(({ state }) => isSettled(state));
  const later: Promise<void> = follow(client, id, {
    ...(revision !== undefined && { revision }),
    deadlineMs: Number.POSITIVE_INFINITY,
    everyMs: laterEveryMs,
    abort,
    isEnough,
  })
    .then((sight) => {
      const { ending } = tell(result.status === 'updated' ? 'updated' : 'accepted', sight);
      counts.endings.waiting -= 1;
      counts.endings[ending] += 1;
    })
    // It stays among those that wait.
    .catch(() => undefined)
    .finally(() => unfinished.delete(later));
  unfinished.add(later);
}

/** The alert as its sender sees it. */
function asSent({ at, request: { format, body }, position }: Sent): BlockAlert {
  const parsed = formats[format].parse(body, { now: at })[position];
  const { source, severity, title } = parsed?.ok ? parsed.alert : { source: format, severity: '', title: '' };
  return { at, source, severity, title, organization: '' };
}

/** What Herald knows of it beyond that. */
function asStored({ alert }: Sight): Pick<BlockAlert, 'title' | 'organization'> {
  const { title, organization, unassignedReference } = alert;
  // The reference as the sender wrote it stands behind its kind.
  const reference = unassignedReference?.slice(unassignedReference.indexOf('|') + 1);
  return { title, organization: organization?.name ?? (reference ? `unknown: ${reference}` : 'none named') };
}
