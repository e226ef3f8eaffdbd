import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRecipientTable, tableHead, toTableRow } from './recipientTable.ts';

const rowsOf = (text: string) => {
  const read = readRecipientTable(text);
  if (!read.ok) throw new Error(read.message);
  return read.rows;
};

describe('a table of recipients', () => {
  it('is read by its headings; empty cells are left out', () => {
    const table = [
      'Address,Organization,Severities,Note,Owner,Review on',
      'a@b.example,,,,,',
      'c@d.example,Northwind,critical | High,"On call, nights",Ana,2026-12-31',
      'e@f.example,,all,,,never',
    ].join('\n');
    expect(rowsOf(table)).toEqual([
      { row: 2, ok: true, recipient: { address: 'a@b.example', organization: '' } },
      {
        row: 3,
        ok: true,
        recipient: {
          address: 'c@d.example',
          organization: 'Northwind',
          severities: ['high', 'critical'],
          note: 'On call, nights',
          owner: 'Ana',
          reviewOn: '2026-12-31',
        },
      },
      {
        row: 4,
        ok: true,
        recipient: { address: 'e@f.example', organization: '', severities: null, reviewOn: null },
      },
    ]);
  });

  it('says at the row what is wrong with it, and of the whole what is wrong with all', () => {
    expect(readRecipientTable('address,note\n')).toEqual({
      ok: false,
      message: 'There are no rows below the heading.',
    });
    expect(rowsOf('address,severities\n,high\na@b.example,urgent')).toEqual([
      { row: 2, ok: false, address: '', message: 'Row 2 has no address.' },
      {
        row: 3,
        ok: false,
        address: 'a@b.example',
        message: 'severities takes all, or some of informational|low|medium|high|critical, not "urgent".',
      },
    ]);
    expect(readRecipientTable('address,colour\na@b.example,red')).toMatchObject({
      ok: false,
      message: expect.stringContaining('Column "colour" is not known'),
    });
  });

  it('I-15: has no cell that a spreadsheet takes for a formula', () => {
    const row = {
      address: '=cmd@x.example',
      organization_name: '+Northwind',
      severities: null,
      review_on: null,
    };
    expect(toTableRow({ ...row, note: '@SUM(1,2)', owner: "-'x" })).toBe(
      `'=cmd@x.example,'+Northwind,all,"'@SUM(1,2)",'-'x,\r\n`,
    );
  });

  it('I-15: reads back equal, whatever is in it', () => {
    const start = fc.constantFrom('', '=', '+', '-', '@', "'", "'=", "''+", '"', ';', ',', '\u0000');
    const cell = fc
      .tuple(start, fc.string({ maxLength: 12 }))
      .map(([first, rest]) => (first + rest).replaceAll('\r', '').trim())
      // Empty cells change nothing.
      .filter((text) => text !== '' && text.toLowerCase() !== 'never');
    fc.assert(
      fc.property(cell, cell, cell, (note, owner, name) => {
        const row = {
          address: 'a@b.example',
          organization_name: name,
          severities: null,
          review_on: '2026-12-31',
        };
        const [read] = rowsOf(tableHead() + toTableRow({ ...row, note, owner }));
        expect(read).toMatchObject({
          recipient: { organization: name, note, owner, reviewOn: '2026-12-31' },
        });
      }),
      { numRuns: 2_000 },
    );
  });
});
