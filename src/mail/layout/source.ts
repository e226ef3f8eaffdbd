/**
 * What mails look like. Only for development: `npm run mail:layout` makes compiled.html of it, which is what is filled at run
 * time (see fill.ts for places and blocks).
 *
 * One column, 16 px, no pictures; styles stand on the elements, because some mail programs take out the style sheet, which
 * only adds what is better with it: dark colours and narrow screens. Colours that mean something are dark ground with white
 * letters, which mail programs that turn colours round leave readable, and the meaning stands there in words.
 */
import { Body, Button, Container, Head, Heading, Hr, Html, render, Section } from '@react-email/components';
import { createElement, type ReactNode } from 'react';
import { badge, box, cutNote, each, foreign, heading, link, paragraph, place } from './parts.ts';
import { accent, amber, body, cell, light, quiet, ruled, styleSheet, wrap } from './style.ts';

const head: ReactNode[] = [
  paragraph({ ...quiet, margin: '0 0 12px' }, 'quiet', each('badge', badge, '\u00a0 '), place('label')),
  createElement(
    Heading,
    {
      as: 'h1',
      className: 'text',
      style: { ...body, ...wrap, fontSize: '22px', lineHeight: '29px', margin: '0 0 8px' },
    },
    foreign('title'),
  ),
  each('organization', paragraph({ fontWeight: 'bold', margin: '0' }, 'text', foreign('text'))),
  each('when', paragraph({ ...quiet, margin: '0' }, 'quiet', foreign('text'))),
  createElement('div', { style: { height: '16px', lineHeight: '16px' } }, '\u00a0'),
  each('notices', box(amber, foreign('text'))),
  each(
    'next',
    box(
      accent,
      createElement('strong', null, place('heading')),
      createElement('br'),
      foreign('text'),
      cutNote,
    ),
  ),
];

const links: ReactNode[] = [
  each(
    'button',
    createElement(
      Section,
      { style: { margin: '20px 0 12px' } },
      createElement(
        Button,
        {
          href: place('href'),
          style: {
            ...body,
            fontWeight: 'bold',
            color: '#ffffff',
            backgroundColor: accent,
            // Some programs take the ground away in the dark: the line shows what it is then.
            border: `1px solid ${accent}`,
            borderRadius: '4px',
            padding: '12px 20px',
          },
        },
        place('words'),
      ),
    ),
  ),
  each('links', paragraph({ margin: '0 0 4px' }, 'text', link(place('href'), foreign('words')))),
];

const factRow = createElement(
  'tr',
  null,
  createElement(
    'th',
    {
      scope: 'row',
      className: 'quiet line name',
      width: 130,
      style: { ...cell, ...quiet, ...ruled, lineHeight: '24px', paddingRight: '12px' },
    },
    foreign('name'),
  ),
  createElement('td', { className: 'text line', style: { ...body, ...cell, ...ruled } }, foreign('value')),
);

const facts = each(
  'facts',
  createElement(
    'table',
    {
      width: '100%',
      cellPadding: 0,
      cellSpacing: 0,
      border: 0,
      style: { width: '100%', borderCollapse: 'collapse', margin: '16px 0 0' },
    },
    createElement('tbody', null, each('rows', factRow)),
  ),
);

const texts = each('texts', heading(place('heading')), paragraph({}, 'text', foreign('text'), cutNote));

const column = (name: string, width?: number): ReactNode =>
  createElement(
    'th',
    {
      scope: 'col',
      width,
      className: 'quiet line',
      style: { ...cell, ...quiet, ...ruled, paddingRight: '12px' },
    },
    name,
  );
/** Styles that all rows share stand on the table: a row is written up to a hundred times. */
const eventCell = (name: string, className: string): ReactNode =>
  createElement(
    'td',
    { className: `line ${className}`, style: { ...ruled, padding: '6px 12px 6px 0' } },
    foreign(name),
  );

const events = each(
  'events',
  heading(place('heading')),
  each(
    'table',
    createElement(
      'table',
      {
        width: '100%',
        cellPadding: 0,
        cellSpacing: 0,
        border: 0,
        className: 'events text',
        style: {
          ...body,
          fontSize: '15px',
          lineHeight: '21px',
          width: '100%',
          tableLayout: 'fixed',
          borderCollapse: 'collapse',
          verticalAlign: 'top',
          ...wrap,
        },
      },
      createElement(
        'tbody',
        null,
        createElement('tr', { className: 'head' }, column('Time', 156), column('Type', 140), column('What')),
        each(
          'rows',
          createElement(
            'tr',
            { valign: 'top' },
            eventCell('time', 'quiet'),
            eventCell('type', ''),
            eventCell('summary', ''),
          ),
        ),
      ),
    ),
  ),
  each('more', paragraph({ margin: '8px 0 0' }, 'text', link(place('link'), place('words')))),
);

/** Up to a thousand rows: what they look like is in the style sheet alone, so that more of them fit. */
const lists = each(
  'lists',
  heading(place('heading')),
  createElement(
    'table',
    {
      width: '100%',
      cellPadding: 0,
      cellSpacing: 0,
      border: 0,
      className: 'list text',
      style: { ...body, lineHeight: '22px', width: '100%', borderCollapse: 'collapse', ...wrap },
    },
    createElement(
      'tbody',
      null,
      each(
        'rows',
        createElement(
          'tr',
          null,
          createElement(
            'td',
            { className: 'line' },
            each('badge', badge, ' '),
            each('linked', createElement('a', { href: place('href'), className: 'link' }, foreign('title'))),
            each('plain', foreign('title')),
            each(
              'under',
              createElement('div', { className: 'quiet' }, each('details', place('dot'), foreign('text'))),
            ),
          ),
        ),
      ),
    ),
  ),
  each('more', paragraph({ margin: '12px 0 0' }, 'text', link(place('link'), place('words')))),
);

const footer: ReactNode[] = [
  createElement(Hr, {
    className: 'line',
    style: { border: 0, borderTop: `1px solid ${light.line}`, margin: '28px 0 16px' },
  }),
  each('footer', paragraph({ ...quiet, margin: '0 0 8px' }, 'quiet', foreign('text'))),
  paragraph({ ...quiet, margin: '0' }, 'quiet', link(place('settingsLink'), 'Change who gets which mails')),
];

const layout = createElement(
  Html,
  { lang: 'en', dir: 'ltr' },
  createElement(
    Head,
    null,
    createElement('meta', { name: 'viewport', content: 'width=device-width,initial-scale=1' }),
    createElement('meta', { name: 'color-scheme', content: 'light dark' }),
    createElement('meta', { name: 'supported-color-schemes', content: 'light dark' }),
    createElement('title', null, place('title')),
    // biome-ignore lint/security/noDangerouslySetInnerHtml: a style sheet of ours, which must not be escaped.
    createElement('style', { dangerouslySetInnerHTML: { __html: styleSheet } }),
  ),
  createElement(
    Body,
    { className: 'page', style: { margin: 0, padding: 0, backgroundColor: light.page } },
    createElement(
      'div',
      {
        style: {
          display: 'none',
          overflow: 'hidden',
          maxHeight: 0,
          maxWidth: 0,
          opacity: 0,
          lineHeight: '1px',
        },
      },
      place('preheader'),
    ),
    createElement(
      Container,
      { style: { maxWidth: '640px' } },
      createElement(
        Section,
        null,
        createElement(
          'div',
          { className: 'pad', style: { padding: '28px 20px' } },
          ...head,
          ...links,
          facts,
          texts,
          events,
          lists,
          ...footer,
        ),
      ),
    ),
  ),
);

/** The compiled layout: what the file beside it must say. */
export async function compileLayout(): Promise<string> {
  const html = await render(layout);
  // Marks of the renderer for its own later use; those for mail programs begin with "[if" and stay.
  const bare = html.replace(/<!--(?!\[if|<!)(?:[^-]|-(?!->))*-->/g, '');
  // A line for each element, so that a change of the layout can be read.
  return `${bare.replace(/>(?=<(?:each|\/each|table|tr|td|th|p|h1|h2|hr|div|meta|style|body)\b)/g, '>\n')}\n`;
}
