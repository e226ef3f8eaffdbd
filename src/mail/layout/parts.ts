/** What mails are made of, again and again. */
import { Heading, Link, Text } from '@react-email/components';
import { type CSSProperties, createElement, type ReactNode } from 'react';
import { body, light, wrap } from './style.ts';

export const place = (name: string): string => `[[${name}]]`;
export const each = (of: string, ...children: ReactNode[]): ReactNode =>
  createElement('each', { of }, ...children);
/** Text that others may have written: its direction stays its own. */
export const foreign = (name: string): ReactNode => createElement('bdi', null, place(name));

export function paragraph(style: CSSProperties, className: string, ...children: ReactNode[]): ReactNode {
  return createElement(
    Text,
    { className, style: { ...body, margin: '0 0 12px', ...wrap, ...style } },
    ...children,
  );
}

export const heading = (...children: ReactNode[]): ReactNode =>
  createElement(
    Heading,
    { as: 'h2', className: 'text', style: { ...body, fontWeight: 'bold', margin: '24px 0 8px' } },
    ...children,
  );

export const link = (href: string, ...children: ReactNode[]): ReactNode =>
  createElement(
    Link,
    { href, className: 'link', style: { color: light.link, textDecoration: 'underline' } },
    ...children,
  );

/** A severity, in words on its colour. */
export const badge = createElement(
  'span',
  { className: 'word', style: { backgroundColor: place('color'), color: '#ffffff' } },
  place('word'),
);

/** Something that stands out: a bar beside it, and a ground of its own. */
export function box(bar: string, ...children: ReactNode[]): ReactNode {
  const style = { ...wrap, borderLeft: `4px solid ${bar}`, backgroundColor: light.box, padding: '12px 16px' };
  const ground = createElement('td', { className: 'box text', style: { ...body, ...style } }, ...children);
  return plainTable({ margin: '0 0 12px' }, createElement('tr', null, ground));
}

function plainTable(style: CSSProperties, ...rows: ReactNode[]): ReactNode {
  return createElement(
    'table',
    {
      role: 'presentation',
      width: '100%',
      cellPadding: 0,
      cellSpacing: 0,
      border: 0,
      style: { width: '100%', borderCollapse: 'collapse', ...style },
    },
    createElement('tbody', null, ...rows),
  );
}

/** The heading of a text is part of its block; a cut text says where the rest is. */
export const cutNote = each('cut', createElement('br'), '… ', link(place('link'), 'full text in Herald'));
