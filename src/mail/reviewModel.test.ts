import { expect, it } from 'vitest';
import { baseUrl, why } from './fixtures/alertMail.ts';
import { htmlOf, reviewModel, textOf } from './index.ts';

it('a review lists what is due, with why it exists and who answers for it', () => {
  const entry = {
    what: 'Recipient soc@northwind.example',
    note: 'Asked for',
    owner: 'Ines',
    reviewOn: '2026-10-01',
    link: `${baseUrl}/r`,
  };
  const entries = [entry, { ...entry, note: '', owner: ' ' }];
  const model = reviewModel({
    baseUrl,
    why,
    workspaceName: 'Acme IT',
    listLink: `${baseUrl}/reviews`,
    entries,
    total: 3,
  });
  expect(model.title).toBe('3 delivery settings to review');
  const text = textOf(model);
  expect(text).toContain('… and 1 more in Herald: https://herald.example/reviews');
  expect(text).toContain(
    '  Review date 2026-10-01 · Answered for by Ines · Asked for\n  https://herald.example/r',
  );
  expect(text).toContain('Nobody is named who answers for it · No note says why it exists');
  expect(htmlOf(model)).toContain('href="https://herald.example/reviews"');
});
