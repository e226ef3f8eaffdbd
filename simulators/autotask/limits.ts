import { type Answer, jsonAnswer } from '../common/answers.ts';
import { assumed, texts } from './refusals.ts';
import type { Tenant } from './tenant.ts';

/** Calls of the threshold's time, those of other integrations included. */
export function usedCalls(tenant: Tenant): number {
  const { thresholdMinutes, used } = tenant.settings;
  return tenant.calls.total(tenant.now(), thresholdMinutes * 60) + used;
}

/** Takes a place in the thread bucket; answers how many are in it now. `leaveThread` must follow. */
export function enterThread(tenant: Tenant, bucket: string): number {
  const count = (tenant.inFlight.get(bucket) ?? 0) + 1;
  tenant.inFlight.set(bucket, count);
  return count;
}

export function leaveThread(tenant: Tenant, bucket: string): void {
  const count = (tenant.inFlight.get(bucket) ?? 0) - 1;
  if (count > 0) tenant.inFlight.set(bucket, count);
  else tenant.inFlight.delete(bucket);
}

/** The refusal when one call too many is in flight (fact sheet autotask §3.4). There is never a Retry-After. */
export function refuseThreads(tenant: Tenant, inFlight: number): Answer | undefined {
  const { threads, threadStatus } = tenant.settings;
  return inFlight > threads ? jsonAnswer(threadStatus, { errors: [texts.threads] }) : undefined;
}

/** Counts the call, or refuses it when the hour's calls are used up; refused calls do not count (assumption). */
export function refuseThreshold(tenant: Tenant): Answer | undefined {
  const { threshold, thresholdStatus } = tenant.settings;
  if (usedCalls(tenant) >= threshold)
    return jsonAnswer(thresholdStatus, { errors: [assumed.hourlyThreshold] });
  tenant.calls.add(tenant.now());
  return undefined;
}

/** Milliseconds that the answer is held back: the set latency, and the penalty by usage (fact sheet autotask §3.5). */
export function latencyOf(tenant: Tenant): number {
  const { latencyMs, penalties, threshold } = tenant.settings;
  if (!penalties) return latencyMs;
  const share = usedCalls(tenant) / threshold;
  if (share < 0.5) return latencyMs;
  return latencyMs + (share < 0.75 ? 500 : 1000);
}

/** `ThresholdInformation`; the call itself is in the count already. */
export function thresholdInformation(tenant: Tenant): Answer {
  return jsonAnswer(200, {
    externalRequestThreshold: tenant.settings.threshold,
    requestThresholdTimeframe: tenant.settings.thresholdMinutes,
    currentTimeframeRequestCount: usedCalls(tenant),
  });
}
