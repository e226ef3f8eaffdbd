/** The part of a mail with HTML: the compiled layout, filled (layout/fill.ts escapes). */
import { readFileSync } from 'node:fs';
import type { Severity } from '../alerts/types.ts';
import { severityWord } from './frame.ts';
import { fill, type Layout, readLayout, type Values } from './layout/fill.ts';
import { moreEvents, moreOf } from './more.ts';
import type { MailItem, MailList, MailModel, MailText } from './types.ts';

/** Some mail programs cut a mail that is longer than 102 kB, links at its end included. */
const mostBytes = 100_000;

/** Dark grounds for white letters, at least 4.5:1. */
const colors: Record<Severity, string> = {
  critical: '#a51d2d',
  high: '#b8430b',
  medium: '#7d5a00',
  low: '#1f5fa8',
  informational: '#57606a',
};

/** At most 100 kB: lists are cut where they no longer fit, and say so. */
export function htmlOf(model: MailModel): string {
  let fits = model;
  for (;;) {
    const html = fill(readOnce(), valuesOf(fits));
    const bytes = Buffer.byteLength(html);
    const next = bytes > mostBytes ? fewer(fits, mostBytes / bytes) : undefined;
    if (!next) return html;
    fits = next;
  }
}

/** The same with its longest list shorter; undefined when there is nothing to leave out. */
function fewer(model: MailModel, share: number): MailModel | undefined {
  const { events, lists } = model;
  const shorter = <T>(rows: readonly T[]): readonly T[] =>
    rows.slice(0, Math.floor(rows.length * share * 0.98));
  const longest = lists.toSorted((one, other) => other.rows.length - one.rows.length)[0];
  if (longest?.rows.length) {
    const cut = { ...longest, rows: shorter(longest.rows) };
    return { ...model, lists: lists.map((list) => (list === longest ? cut : list)) };
  }
  return events?.rows.length ? { ...model, events: { ...events, rows: shorter(events.rows) } } : undefined;
}

let layout: Layout | undefined;

function readOnce(): Layout {
  layout ??= readLayout(readFileSync(new URL('layout/compiled.html', import.meta.url), 'utf8'));
  return layout;
}

function valuesOf(model: MailModel): Values {
  const {
    severity,
    label,
    preheader,
    title,
    organization,
    when,
    notices,
    next,
    facts,
    texts,
    lists,
    footer,
  } = model;
  const [button, ...links] = model.links;
  const link = button?.href ?? model.settingsLink;
  return {
    preheader,
    label,
    title,
    badge: severity ? [badgeOf(severity)] : [],
    organization: one(organization),
    when: one(when),
    notices: notices.map((text) => ({ text })),
    next: next ? [textOf(next, link)] : [],
    button: button ? [{ words: button.words, href: button.href }] : [],
    links: links.map(({ words, href }) => ({ words, href })),
    facts: facts.length > 0 ? [{ rows: facts.map(({ name, value }) => ({ name, value })) }] : [],
    texts: texts.map((text) => textOf(text, link)),
    events: eventsOf(model, link),
    lists: lists.map(listOf),
    footer: footer.map((text) => ({ text })),
    settingsLink: model.settingsLink,
  };
}

/** A block that stands there only when there is something to say. */
const one = (text: string | undefined): Values[] => (text ? [{ text }] : []);

const badgeOf = (severity: Severity): Values => ({ word: severityWord(severity), color: colors[severity] });

const textOf = ({ heading, text, isCut }: MailText, link: string): Values => ({
  heading,
  text,
  cut: isCut ? [{ link }] : [],
});

function eventsOf({ events }: MailModel, link: string): Values[] {
  if (!events) return [];
  const { heading, total, rows } = events;
  const words = moreEvents(events);
  const table = [{ rows: rows.map(({ time, type, summary }) => ({ time, type, summary })) }];
  return [
    {
      heading: `${heading} (${total.toLocaleString('en-US')}${rows.length > 0 ? ', times in UTC' : ''})`,
      table: rows.length > 0 ? table : [],
      more: words === undefined ? [] : [{ words, link }],
    },
  ];
}

function listOf(list: MailList): Values {
  const words = moreOf(list);
  return {
    heading: list.heading,
    rows: list.rows.map(itemOf),
    more: words === undefined ? [] : [{ words, link: list.link }],
  };
}

function itemOf({ severity, title, href, details }: MailItem): Values {
  return {
    badge: severity ? [badgeOf(severity)] : [],
    linked: href === undefined ? [] : [{ href, title }],
    plain: href === undefined ? [{ title }] : [],
    under:
      details.length > 0
        ? [{ details: details.map((text, i) => ({ dot: i === 0 ? '' : ' · ', text })) }]
        : [],
  };
}
