import { describe, expect, it } from 'vitest';
import { type BlockAlert, block } from './blocks.ts';
import { createPaint, wantsColour } from './paint.ts';
import type { Story } from './story.ts';
import { widthOf } from './words.ts';

const alert: BlockAlert = {
  at: new Date(2026, 10, 22, 9, 4, 5),
  source: 'wazuh',
  severity: 'high',
  title: 'sshd: brute force',
  organization: 'Fabrikam Foods',
};
const story: Story = {
  ending: 'ticket',
  steps: ['accepted', 'mapped to account Fabrikam Foods, contact matched by e-mail', 'ticket T20261122.0012'],
  link: 'http://127.0.0.1:9401/tickets/88012',
};
const plain = (columns: number) => ({ columns, paint: createPaint(false) });

describe('a block', () => {
  it('is two lines where there is room', () => {
    expect(block(alert, story, plain(150))).toEqual([
      `09:04:05  wazuh         high           sshd: brute force${' '.repeat(74)}Fabrikam Foods`,
      '          → accepted → mapped to account Fabrikam Foods, contact matched by e-mail → ticket T20261122.0012  http://127.0.0.1:9401/tickets/88012',
    ]);
  });

  it('is broken between steps where there is not', () => {
    expect(block(alert, story, plain(79)).slice(1)).toEqual([
      '          → accepted',
      '          → mapped to account Fabrikam Foods, contact matched by e-mail',
      '          → ticket T20261122.0012  http://127.0.0.1:9401/tickets/88012',
    ]);
  });

  it('leaves more room to the title on a narrow terminal', () => {
    const [line] = block({ ...alert, severity: 'informational' }, story, plain(79));
    expect(line).toBe('09:04:05  wazuh         info      sshd: brute force            Fabrikam Foods');
  });

  it('never cuts a link, but everything else', () => {
    const link = `http://127.0.0.1:9401/${'x'.repeat(80)}`;
    const lines = block({ ...alert, title: 'long '.repeat(60) }, { ...story, link }, plain(79));
    expect(lines.at(-1)).toBe(`            ${link}`);
    for (const line of lines.slice(0, -1)) expect(widthOf(line)).toBeLessThanOrEqual(79);
    expect(lines[0]).toContain('…');
  });

  it.each(['תחנה 12 \u202eexe.fdp\u202c 🛑 blocked', '警告 🛑', 'a\nb\u001b[2Jc'])(
    'keeps its columns with the title %j',
    (title) => {
      const [line] = block({ ...alert, title }, story, plain(120));
      expect(widthOf(line!.slice(0, line!.indexOf('Fabrikam')))).toBe(
        widthOf(block(alert, story, plain(120))[0]!.split('Fabrikam')[0]!),
      );
      expect(line).not.toMatch(/\p{Cc}/u);
    },
  );

  it('has colours that mean something, and only them', () => {
    const [headline, ...way] = block({ ...alert, severity: 'critical' }, story, {
      columns: 150,
      paint: createPaint(true),
    });
    expect(headline).toContain('\u001b[31mcritical');
    expect(way.join('')).toContain('\u001b[32m→ ticket');
    const failed = block(
      alert,
      { ending: 'failed', steps: ['needs a person'] },
      { columns: 150, paint: createPaint(true) },
    );
    expect(failed.join('')).toContain('\u001b[31m→ needs a person');
  });
});

describe('colours are wanted', () => {
  it.each([
    [true, {}, true],
    [false, {}, false],
    [true, { NO_COLOR: '1' }, false],
    [true, { NO_COLOR: '' }, true],
    [true, { TERM: 'dumb' }, false],
  ])('terminal %s with %o: %s', (isTty, env, expected) => {
    expect(wantsColour(isTty, env)).toBe(expected);
  });
});
