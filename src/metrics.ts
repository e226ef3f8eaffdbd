/** Counters for operators, in the words of the field; scraped at /metrics. */
import { Counter, collectDefaultMetrics, Registry } from 'prom-client';
import type { OpenWrite } from './deliver/round.ts';
import type { Stepped } from './deliver/step.ts';

export interface Metrics {
  registry: Registry;
  onStored(status: string): void;
  onRejected(format: string, code: string): void;
  onEffect(write: OpenWrite, stepped: Stepped): void;
  onSurplus(count: number): void;
  onMail(end: 'delivered' | 'again' | 'park'): void;
  onWayOut(count: number): void;
  onRemoved(alerts: number): void;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const alerts = new Counter({
    name: 'herald_alerts_total',
    help: 'Alerts answered at intake, by status.',
    labelNames: ['status'],
    registers: [registry],
  });
  const rejected = new Counter({
    name: 'herald_alerts_rejected_total',
    help: 'Alerts refused at intake, by format and code.',
    labelNames: ['format', 'code'],
    registers: [registry],
  });
  const writes = new Counter({
    name: 'herald_write_effects_total',
    help: 'What tickets, notes and digests came to, by kind of write and effect.',
    labelNames: ['kind', 'effect'],
    registers: [registry],
  });
  const confirmed = new Counter({
    name: 'herald_writes_confirmed_total',
    help: 'Tickets, notes and digests that the PSA has.',
    labelNames: ['kind'],
    registers: [registry],
  });
  const delivered = new Counter({
    name: 'herald_deliveries_delivered_total',
    help: 'Deliveries that ended in a ticket or note.',
    registers: [registry],
  });
  const mails = new Counter({
    name: 'herald_mails_total',
    help: 'What attempts to send a mail came to: delivered to a server, again later, or parked for a person.',
    labelNames: ['end'],
    registers: [registry],
  });
  const surplus = new Counter({
    name: 'herald_surplus_records_total',
    help: 'Further tickets or notes in a PSA that carry a key of ours: a person should look.',
    registers: [registry],
  });
  const wayOuts = new Counter({
    name: 'herald_way_outs_total',
    help: 'Critical alerts that a PSA has not taken within the minutes that the workspace has set.',
    registers: [registry],
  });
  const removed = new Counter({
    name: 'herald_alerts_removed_total',
    help: 'Alerts removed because they were older than their workspace keeps them.',
    registers: [registry],
  });
  return {
    registry,
    onRemoved: (alerts) => removed.inc(alerts),
    onMail: (end) => mails.inc({ end }),
    onWayOut: (count) => wayOuts.inc(count),
    onSurplus: (count) => surplus.inc(count),
    onStored: (status) => alerts.inc({ status }),
    onRejected: (format, code) => rejected.inc({ format, code }),
    onEffect(write, { effects }) {
      for (const effect of effects) {
        const { kind } = effect;
        writes.inc({ kind: write.content.kind, effect: kind });
        if (effect.kind === 'reportSurplus') surplus.inc(effect.receipts.length);
        if (kind !== 'deliver') continue;
        confirmed.inc({ kind: write.content.kind });
        delivered.inc(write.deliveryIds.length);
      }
    },
  };
}
