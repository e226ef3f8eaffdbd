/** The part of a mail without HTML: the same things in the same order, for those who read mail as text. */
import { isolated } from './foreign.ts';
import { severityWord } from './frame.ts';
import { moreEvents, moreOf } from './more.ts';
import type { MailEvents, MailItem, MailList, MailModel, MailText } from './types.ts';

/** Lines end with LF. */
export function textOf(model: MailModel): string {
  const link = model.links[0]?.href ?? model.settingsLink;
  return [
    headOf(model),
    ...model.notices.map(isolated),
    model.next && longText(model.next, link),
    model.links.map(({ words, href }) => `${isolated(words)}:\n${href}`).join('\n'),
    model.facts.map(({ name, value }) => `${name}: ${isolated(value)}`).join('\n'),
    ...model.texts.map((text) => longText(text, link)),
    model.events && eventsText(model.events, link),
    ...model.lists.map(listText),
    // Mail programs know by this line that what follows is no part of the message.
    ['-- ', ...model.footer.map(isolated), `Who gets which mails: ${model.settingsLink}`].join('\n'),
  ]
    .filter(Boolean)
    .join('\n\n')
    .concat('\n');
}

function headOf({ severity, label, title, organization, when }: MailModel): string {
  const first = severity ? `${severityWord(severity).toUpperCase()} · ${label}` : label;
  const under = [organization, when].filter((one) => one !== undefined).map(isolated);
  return [first, isolated(title), ...under].join('\n');
}

function longText({ heading, text, isCut }: MailText, link: string): string {
  const body = text.split('\n').map(isolated).join('\n');
  return `${heading}\n${body}${isCut ? `\n… full text in Herald: ${link}` : ''}`;
}

function eventsText(events: MailEvents, link: string): string {
  const { heading, total, rows } = events;
  const listed = rows.map(({ time, type, summary }) => {
    const said = [time, type, summary].filter((one) => one !== '').map(isolated);
    return `- ${said.join(' · ') || 'no details'}`;
  });
  const more = moreEvents(events);
  return [
    `${heading} (${total.toLocaleString('en-US')}${rows.length > 0 ? ', times in UTC' : ''})`,
    ...listed,
    ...(more === undefined ? [] : [`${more}: ${link}`]),
  ].join('\n');
}

function listText(list: MailList): string {
  const more = moreOf(list);
  return [
    list.heading,
    ...list.rows.map(itemText),
    ...(more === undefined ? [] : [`${more}: ${list.link}`]),
  ].join('\n');
}

function itemText({ severity, title, href, details }: MailItem): string {
  const word = severity ? `${severityWord(severity)}: ` : '';
  const under = [details.map(isolated).join(' · '), href].filter(Boolean);
  return [`- ${word}${isolated(title)}`, ...under.map((one) => `  ${one}`)].join('\n');
}
