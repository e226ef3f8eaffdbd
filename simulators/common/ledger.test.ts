import { describe, expect, it } from 'vitest';
import { html, raw } from './html.ts';
import { Ledger } from './ledger.ts';

describe('requests', () => {
  const filled = (count: number): Ledger => {
    const ledger = new Ledger(() => 0);
    for (let at = 0; at < count; at += 1) ledger.startRequest('GET', `/x/${at}`, 'GET /x/{id}', 1);
    return ledger;
  };

  it('are kept as the last fifty thousand, and counted all', () => {
    const ledger = filled(50_010);
    const kept = ledger.requestsSince(0);
    expect([kept.length, kept[0]?.n, kept.at(-1)?.n]).toEqual([50_000, 11, 50_010]);
    expect(ledger.counters.get('GET /x/{id}')).toBe(50_010);
    expect(ledger.latestRequests(3).map((one) => one.n)).toEqual([50_010, 50_009, 50_008]);
  });

  it.each([
    [0, []],
    [2, [2, 1]],
    [5, [5, 4, 3]],
  ])('of %i the latest three are %j', (count, numbers) => {
    expect(
      filled(count)
        .latestRequests(3)
        .map((one) => one.n),
    ).toEqual(numbers);
  });

  it('keep a bounded path', () => {
    const ledger = new Ledger(() => 0);
    expect(ledger.startRequest('GET', 'x'.repeat(5000), 'GET /x', 0).path.length).toBe(300);
  });
});

describe('pieces of page', () => {
  it('escape everything that is put in', () => {
    expect(html`<p title="${'"'}">${"<b>&'`"}</p>`.safe).toBe(
      '<p title="&#34;">&#60;b&#62;&#38;&#39;&#96;</p>',
    );
  });

  it('nest, leave out nothing-values, and trust only what says so', () => {
    const items = ['a', '<'].map((text) => html`<li>${text}</li>`);
    expect(html`<ul>${items}</ul>${undefined}${null}${false}${0}${raw('<hr>')}`.safe).toBe(
      '<ul><li>a</li><li>&#60;</li></ul>0<hr>',
    );
  });
});
