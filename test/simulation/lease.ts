/**
 * The lease of the channel, as src/wake/leases.ts has it in SQL: 15 seconds, renewed every 5. Renewals of a worker that
 * lives are not simulated one by one; when it dies or stands still, the last one is worked out.
 */
import { renewEveryMs } from '../../src/wake/leases.ts';

const lastsMs = 15_000;
/** The database ends a transaction whose client is silent. */
const idleMs = 60_000;

export interface Lease {
  epoch: number;
  /** Process that holds it. */
  holder: number;
  takenAt: number;
  /** Infinite while it is renewed. */
  expiresAt: number;
  /** A transaction of the holder keeps it from moving until then. */
  lockedUntil: number;
}

export const freeLease = (): Lease => ({ epoch: 0, holder: -1, takenAt: 0, expiresAt: 0, lockedUntil: 0 });

/** The new epoch; undefined while somebody else has it. */
export function takeLease(lease: Lease, holder: number, now: number): number | undefined {
  if (lease.expiresAt > now || lease.lockedUntil > now) return undefined;
  lease.epoch += 1;
  lease.holder = holder;
  lease.takenAt = now;
  lease.expiresAt = Number.POSITIVE_INFINITY;
  return lease.epoch;
}

/** Whether a transaction that begins now may write under this epoch; if so, the lease does not move until it ends. */
export function holdLease(lease: Lease, epoch: number, now: number): boolean {
  if (!holdsLease(lease, epoch, now)) return false;
  lease.lockedUntil = now + idleMs;
  return true;
}

export const holdsLease = (lease: Lease, epoch: number, now: number): boolean =>
  lease.epoch === epoch && lease.expiresAt > now;

/** Whether the transaction that holds it is still there. */
export const isLocked = (lease: Lease, epoch: number, now: number): boolean =>
  lease.epoch === epoch && lease.lockedUntil > now;

export function unlock(lease: Lease, epoch: number): void {
  if (lease.epoch === epoch) lease.lockedUntil = 0;
}

/** From now on it is not renewed. */
export function stopRenewing(lease: Lease, epoch: number, now: number): void {
  if (lease.epoch !== epoch || lease.expiresAt !== Number.POSITIVE_INFINITY) return;
  const renewals = Math.floor((now - lease.takenAt) / renewEveryMs);
  lease.expiresAt = lease.takenAt + renewals * renewEveryMs + lastsMs;
}

/** Whether it is still ours, and renewed from now on. */
export function renewLease(lease: Lease, epoch: number, now: number): boolean {
  if (!holdsLease(lease, epoch, now)) return false;
  lease.takenAt = now;
  lease.expiresAt = Number.POSITIVE_INFINITY;
  return true;
}
