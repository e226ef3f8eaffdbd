import { afterEach, expect, it } from 'vitest';
import { numbered } from '../harness/alerts.ts';
import { check } from '../harness/checker.ts';
import type { AlertToSend, Entry } from '../harness/ledger.ts';
import { randomOf } from '../harness/random.ts';
import { inParallel } from '../harness/sender.ts';
import { openWorld, type World } from '../harness/world.ts';
import { countOf, mostTestMs } from './counts.ts';

const groups = 60;
const mostCopies = 5;
const alertsAtOnce = 24;
/** Part of the first answers that are torn, after 0 to 100 % of them. */
const dropped = 0.5;
/** Part of the alerts whose severity changes later. */
const changed = 0.5;

let world: World;
afterEach(() => world?.close());

it(
  'A6: the same alert sent again is one alert, and a changed severity is one update',
  async () => {
    world = await openWorld({ roles: ['all', 'all'] });
    const { sender, ledger, customers } = world;
    const random = randomOf('A6');

    const sendCopies = (alert: AlertToSend): Promise<Entry[]> => {
      const copies = Array.from({ length: 1 + Math.floor(random() * mostCopies) });
      return Promise.all(copies.map(() => sender.send(alert, random() < dropped ? random() : undefined)));
    };
    await inParallel(Array(countOf('A6')).keys(), alertsAtOnce, async (n) => {
      const alert = numbered('A6', n, groups, customers[0]!.reference);
      await sendCopies(alert);
      if (random() < changed) await sendCopies({ ...alert, severity: 'critical' });
    });

    const entries = [...ledger.entries.values()];
    const updates = entries.filter(({ severities }) => severities.size > 1).length;
    const { sends, dropped: torn } = sender.counts;
    console.log(`A6: ${entries.length} alerts sent ${sends} times, ${torn} answers torn, ${updates} updates`);
    await check('A6', world);
    for (const { ids, statuses } of entries) {
      expect(ids.size).toBe(1);
      // An answer that was torn may have been the one that said so.
      expect(statuses.get('accepted') ?? 0).toBeLessThanOrEqual(1);
      expect(statuses.get('updated') ?? 0).toBeLessThanOrEqual(1);
    }
  },
  mostTestMs,
);
