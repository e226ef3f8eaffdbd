/** The mail of workspaces that this worker serves: one drain for each, opened with the lease that was taken for it. */
import {
  createMailDrain,
  createMailRate,
  type MailDrain,
  type MailDrainParts,
  type MailHead,
  type MailTransport,
  mailTimingOf,
} from '../deliver/mail/index.ts';
import type { Mailer, MailServer } from '../smtp/index.ts';
import type { Lease } from './leases.ts';

/** How the mail of a workspace leaves, as its settings say now. */
export interface OpenedMail {
  /** Changes whenever they do. */
  revision: string;
  servers: readonly MailServer[];
  head: MailHead;
  ratePerMinute: number;
}

export interface MailServingParts extends MailDrainParts {
  settleMs: number | undefined;
  openMail(workspaceId: string): Promise<OpenedMail>;
  /** Connects nowhere before its first mail. */
  createMailer(servers: readonly MailServer[]): Mailer;
}

export interface MailServing {
  open(lease: Lease): Promise<void>;
  /** Looks whether the settings have moved; a mailer that is replaced ends what it has begun. */
  check(workspaceId: string): Promise<void>;
  get(workspaceId: string): MailDrain | undefined;
  all(): MailDrain[];
  /** The lease is lost. */
  drop(workspaceId: string): void;
  stop(withinMs: number): Promise<void>;
}

/** A drain that is replaced gets so long to store what it knows already. */
const mostSettleMs = 2_000;

export function createMailServing(parts: MailServingParts): MailServing {
  const drains = new Map<string, MailDrain>();
  /** Opens of one workspace happen one after another, and after what was there before has settled what it knows. */
  const turns = new Map<string, Promise<void>>();
  let isStopped = false;

  /** What was begun under the same rate counts on: saving the settings does not begin a new minute. */
  function transportOf(opened: OpenedMail, before?: MailTransport): MailTransport {
    const { revision, servers, head, ratePerMinute } = opened;
    const rate = before?.rate.perMinute === ratePerMinute ? before.rate : createMailRate(ratePerMinute);
    return { revision, head, mailer: parts.createMailer(servers), rate };
  }

  function closeLater({ mailer }: MailTransport, workspaceId: string): void {
    mailer.close().catch((error) => parts.log.warn({ workspaceId, err: error }, 'mail.close.failed'));
  }

  function inTurn(workspaceId: string, work: () => Promise<void>): Promise<void> {
    const turn = (turns.get(workspaceId) ?? Promise.resolve()).catch(() => undefined).then(work);
    turns.set(workspaceId, turn);
    return turn;
  }

  function drop(workspaceId: string): void {
    const drain = drains.get(workspaceId);
    if (!drain) return;
    drains.delete(workspaceId);
    inTurn(workspaceId, () => drain.stop(mostSettleMs)).catch(() => undefined);
    closeLater(drain.channel.transport, workspaceId);
  }

  /** A lease that was slow to arrive here must not take the place of a newer one, nor of itself. */
  const isLate = ({ workspaceId, epoch }: Lease): boolean => {
    const present = drains.get(workspaceId);
    return isStopped || (present !== undefined && BigInt(present.channel.epoch) >= BigInt(epoch));
  };

  async function openInTurn(lease: Lease): Promise<void> {
    const { workspaceId, epoch } = lease;
    if (isLate(lease)) return;
    const opened = await parts.openMail(workspaceId);
    if (isLate(lease)) return;
    const before = drains.get(workspaceId);
    if (before) {
      await before.stop(mostSettleMs);
      closeLater(before.channel.transport, workspaceId);
    }
    const timing = mailTimingOf(parts.settleMs);
    const channel = { workspaceId, epoch, timing, transport: transportOf(opened), busy: new Set<string>() };
    const drain = createMailDrain(channel, parts);
    drains.set(workspaceId, drain);
    drain.wake();
  }

  return {
    open: (lease) => inTurn(lease.workspaceId, () => openInTurn(lease)),
    async check(workspaceId) {
      const drain = drains.get(workspaceId);
      if (!drain) return;
      const opened = await parts.openMail(workspaceId);
      const before = drain.channel.transport;
      if (drains.get(workspaceId) !== drain || opened.revision === before.revision) return;
      drain.renew(transportOf(opened, before));
      closeLater(before, workspaceId);
    },
    get: (workspaceId) => drains.get(workspaceId),
    all: () => [...drains.values()],
    drop,
    async stop(withinMs) {
      isStopped = true;
      await Promise.all(
        [...drains.values()].map(async ({ stop, channel }) => {
          await stop(withinMs);
          channel.transport.mailer.abort();
        }),
      );
    },
  };
}
