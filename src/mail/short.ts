/** A mail cut to the least that says what happened, for a server that takes no mail of its size (promises K-10). */
import { truncate } from '../templates/index.ts';
import type { MailModel } from './types.ts';

const most = { title: 200, next: 300, value: 100, facts: 6, rows: 20 };

export function shortened(model: MailModel): MailModel {
  const { texts: _, next, events, ...rest } = model;
  return {
    ...rest,
    title: truncate(model.title, most.title),
    notices: [
      ...model.notices.map((one) => truncate(one, most.next)),
      'This mail is cut, because the mail server takes no mail of its whole size. Everything is in Herald.',
    ],
    ...(next && {
      next: {
        ...next,
        text: truncate(next.text, most.next),
        isCut: next.isCut || next.text.length > most.next,
      },
    }),
    // Links of sources can be long; that of Herald cannot.
    links: model.links.slice(0, 1),
    facts: model.facts
      .slice(0, most.facts)
      .map(({ name, value }) => ({ name, value: truncate(value, most.value) })),
    texts: [],
    ...(events && { events: { ...events, rows: [] } }),
    lists: model.lists.map((list) => ({ ...list, rows: list.rows.slice(0, most.rows) })),
  };
}
