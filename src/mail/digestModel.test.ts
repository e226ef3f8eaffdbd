import { describe, expect, it } from 'vitest';
import { severities } from '../alerts/types.ts';
import { baseUrl, why } from './fixtures/alertMail.ts';
import { type DigestEntry, digestModel, htmlOf, textOf } from './index.ts';
import type { MailModel } from './types.ts';

describe('a digest', () => {
  const digest = (count: number, entry: Partial<DigestEntry> = {}): MailModel =>
    digestModel({
      baseUrl,
      why,
      alerts: Array.from({ length: count }, (_, i) => ({
        alertId: String(1_000 + i),
        title: `Alert number ${i}`,
        severity: severities[i % 5] as DigestEntry['severity'],
        organizationName: `Organization ${i % 12}`,
        source: 'edr',
        externalId: `evt-${i}`,
        ...entry,
      })),
    });

  it('counts, and lists every alert, severest first and of those the newest', () => {
    const model = digest(40);
    expect(model.title).toBe('40 alerts: 8 critical, 8 high, 8 medium, 8 low, 8 informational');
    expect(model.severity).toBe('critical');
    const text = textOf(model);
    const listed = [...text.matchAll(/^- (\w+): Alert number (\d+)$/gm)].map(([, word, n]) => [
      word,
      Number(n),
    ]);
    expect(listed).toHaveLength(40);
    expect(listed.slice(0, 3)).toEqual([
      ['Critical', 39],
      ['Critical', 34],
      ['Critical', 29],
    ]);
    expect(listed.at(-1)).toEqual(['Informational', 0]);
    for (let i = 0; i < 40; i += 1)
      expect(htmlOf(model)).toContain(`href="https://herald.example/alerts/${1_000 + i}"`);
  });

  it('names the organizations with the most alerts, and counts the others', () => {
    const [organizations] = digest(120).lists;
    expect(organizations?.rows).toHaveLength(9);
    expect(organizations?.rows.at(-1)).toEqual({
      title: '4 more organizations',
      details: [expect.stringMatching(/^40 alerts: /)],
    });
  });

  it('of 1,500 alerts the text lists 1,000; the HTML as many as fit in 100 kB; both count the others', () => {
    const model = digest(1_500, {
      title: 'A title of quite some length & with <signs> that must be escaped',
    });
    const rows = (text: string) => text.split('/alerts/1').length - 1 + (text.split('/alerts/2').length - 1);
    expect(rows(textOf(model))).toBe(1_000);
    expect(textOf(model)).toContain('… and 500 more in Herald: https://herald.example/alerts\n');
    const html = htmlOf(model);
    expect(Buffer.byteLength(html)).toBeLessThanOrEqual(100_000);
    expect(rows(html)).toBeGreaterThan(200);
    expect(html).toContain(`… and ${(1_500 - rows(html)).toLocaleString('en-US')} more in Herald`);
    expect(html).toMatch(/<\/html>/);
  });

  it('counts an alert once, as severe as it is now, that is in it with its update or its way out too', () => {
    const model = digestModel({
      baseUrl,
      why,
      alerts: [
        ['1', 'low'],
        ['2', 'high'],
        ['1', 'critical'],
        ['1', 'critical'],
      ].map(([alertId = '', severity]) => ({
        alertId,
        title: `Alert ${alertId}`,
        severity: severity as DigestEntry['severity'],
        organizationName: 'Northwind',
        source: 'edr',
        externalId: alertId,
      })),
    });
    expect(model.title).toBe('2 alerts: 1 critical, 1 high');
    expect(model.lists[0]?.rows).toEqual([{ title: 'Northwind', details: [model.title] }]);
    expect(textOf(model).match(/: Alert 1$/gm)).toHaveLength(3);
  });

  it('says what changed, and whose nobody knows', () => {
    const text = textOf(digest(1, { organizationName: '', change: 'severity low → critical' }));
    expect(text).toContain('edr evt-0 · severity low → critical');
    expect(text).toContain('Not assigned to an organization');
  });
});
