import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Severity, severities } from '../alerts/types.ts';
import { composeDigest, composeGatheringTicket } from './digest.ts';
import { exampleAlert, limits } from './exampleSettings.ts';

const link = 'https://herald.example/alerts/1';

describe('a digest (promise P7)', () => {
  const item = (n: number, severity: Severity) => ({
    alert: exampleAlert({ externalId: `evt-${n}`, severity, title: `Title ${n}` }),
  });
  const digest = (items: Parameters<typeof composeDigest>[0]['items'], noteLimit = limits.note) =>
    composeDigest({
      items,
      noteTitle: 'Many',
      key: 'A-7K3Q9M2F/0003',
      link,
      limits: { ...limits, note: noteLimit },
    }).text;

  it('counts by severity and lists the most severe first, then the newest', () => {
    expect(digest([item(1, 'low'), item(2, 'critical'), item(3, 'low'), item(4, 'critical')])).toBe(
      [
        '4 alerts: 2 critical, 2 low',
        '',
        '- critical: Title 4 (edr evt-4)',
        '- critical: Title 2 (edr evt-2)',
        '- low: Title 3 (edr evt-3)',
        '- low: Title 1 (edr evt-1)',
        '',
        'ref A-7K3Q9M2F/0003',
      ].join('\n'),
    );
  });

  it('counts all and links what does not fit', () => {
    const items = Array.from({ length: 10_000 }, (_, n) => item(n, severities[n % 5] ?? 'low'));
    const text = digest(items);
    expect(text.length).toBeLessThanOrEqual(limits.note);
    expect(text).toMatch(
      /^10,000 alerts: 2,000 critical, 2,000 high, 2,000 medium, 2,000 low, 2,000 informational\n/,
    );
    const shown = text.match(/^- /gm)?.length ?? 0;
    expect(shown).toBeGreaterThan(700);
    const left = new Intl.NumberFormat('en-US').format(10_000 - shown);
    expect(text).toContain(`\n… and ${left} more: ${link}\n\nref A-7K3Q9M2F/0003`);
  });

  it('counts one', () => {
    expect(digest([item(1, 'high')])).toMatch(/^1 alert: 1 high\n/);
  });

  it('marks updates', () => {
    const update = { ...item(1, 'high'), before: { severity: 'low' as const } };
    expect(digest([update])).toContain('- high: Title 1 (edr evt-1), update: severity low → high');
  });

  it('gives every listed alert its title and id, within any limit', () => {
    const items = fc.array(fc.tuple(fc.constantFrom(...severities), fc.nat(300)), {
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(items, fc.integer({ min: 250, max: 3000 }), (given, limit) => {
        const all = given.map(([severity, size], n) => ({
          alert: exampleAlert({ severity, externalId: `evt-${n};`, title: `T${n}${'x'.repeat(size)}` }),
        }));
        const text = digest(all, limit);
        expect(text.length).toBeLessThanOrEqual(limit);
        expect(text).not.toContain('full text in');
        const lines = text.split('\n').filter((line) => line.startsWith('- '));
        for (const line of lines) expect(line).toMatch(/^- \w+: T\d+x*…? \(edr evt-\d+;\)$/);
        const more = /… and ([\d,]+) more/.exec(text);
        expect(lines.length + Number(more?.[1] ?? 0)).toBe(given.length);
      }),
    );
  });

  it('becomes the ticket that gathers alerts while the brake holds (E3)', () => {
    const { title, description } = composeGatheringTicket({
      items: [item(1, 'high')],
      noteTitle: '',
      organizationName: 'Northwind',
      key: 'A-7K3Q9M2F',
      link,
      limits,
    });
    expect(title).toBe('Many security alerts of Northwind');
    expect(description).toContain('further alerts of Northwind are gathered here.');
    expect(description).toContain('- high: Title 1 (edr evt-1)');
    expect(description.endsWith('ref A-7K3Q9M2F')).toBe(true);
  });
});
