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

export function createMailServing(parts: MailServingParts): MailServing {
  const drains = new Map<string, MailDrain>();

  function transportOf({ revision, servers, head, ratePerMinute }: OpenedMail): MailTransport {
    return { revision, head, mailer: parts.createMailer(servers), rate: createMailRate(ratePerMinute) };
  }

  function closeLater({ mailer }: MailTransport, workspaceId: string): void {
    mailer.close().catch((error) => parts.log.warn({ workspaceId, err: error }, 'mail.close.failed'));
  }

  function drop(workspaceId: string): void {
    const drain = drains.get(workspaceId);
    if (!drain) return;
    drains.delete(workspaceId);
    void drain.stop(0);
    closeLater(drain.channel.transport, workspaceId);
  }

  return {
    async open({ workspaceId, epoch }) {
      const opened = await parts.openMail(workspaceId);
      drop(workspaceId);
      const timing = mailTimingOf(parts.settleMs);
      const channel = { workspaceId, epoch, timing, transport: transportOf(opened), busy: new Set<string>() };
      const drain = createMailDrain(channel, parts);
      drains.set(workspaceId, drain);
      drain.wake();
    },
    async check(workspaceId) {
      const drain = drains.get(workspaceId);
      if (!drain) return;
      const opened = await parts.openMail(workspaceId);
      const before = drain.channel.transport;
      if (drains.get(workspaceId) !== drain || opened.revision === before.revision) return;
      drain.renew(transportOf(opened));
      closeLater(before, workspaceId);
    },
    get: (workspaceId) => drains.get(workspaceId),
    all: () => [...drains.values()],
    drop,
    async stop(withinMs) {
      await Promise.all(
        [...drains.values()].map(async ({ stop, channel }) => {
          await stop(withinMs);
          channel.transport.mailer.abort();
        }),
      );
    },
  };
}
