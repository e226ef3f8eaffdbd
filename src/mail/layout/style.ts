/** Colours and styles of mails: on the elements where they must not get lost, else in the style sheet. */
import type { CSSProperties } from 'react';

const font = '-apple-system,"Segoe UI",Roboto,Helvetica,Arial,sans-serif';
export const light = {
  page: '#ffffff',
  text: '#1f2328',
  quiet: '#57606a',
  line: '#d0d7de',
  box: '#f3f4f9',
  link: '#3548c8',
};
const dark = {
  page: '#17181c',
  text: '#e8eaed',
  quiet: '#a9b0b8',
  line: '#3c4148',
  box: '#24262d',
  link: '#a3b1ff',
};
export const accent = '#4253d6';
export const amber = '#b45309';

/** Mail programs that know dark colours: by what the reader prefers, and as one of them marks it. */
const darkRules = [
  `.page{background-color:${dark.page}!important}`,
  // The element that the renderer puts around everything has the ground of the page, and no name.
  `.page>table>tbody>tr>td{background-color:${dark.page}!important}`,
  `.text{color:${dark.text}!important}`,
  `.quiet{color:${dark.quiet}!important}`,
  `.line{border-color:${dark.line}!important}`,
  `.box{background-color:${dark.box}!important}`,
  `.link{color:${dark.link}!important}`,
];

export const styleSheet = [
  ':root{color-scheme:light dark;supported-color-schemes:light dark}',
  'body{-webkit-text-size-adjust:100%;text-size-adjust:100%}',
  'bdi,td,th{overflow-wrap:anywhere;word-break:break-word}',
  '.word{font-size:13px;font-weight:bold;padding:2px 8px;border-radius:3px;white-space:nowrap}',
  `.events .quiet{color:${light.quiet}}`,
  `.list td{padding:8px 0;border-bottom:1px solid ${light.line}}`,
  `.list a{color:${light.link}}`,
  `.list div{font-size:14px;line-height:20px;color:${light.quiet}}`,
  `@media(prefers-color-scheme:dark){${darkRules.join('')}}`,
  darkRules.map((rule) => `[data-ogsc] ${rule}`).join(''),
  '@media(max-width:480px){',
  '.pad{padding:20px 16px!important}',
  '.events{table-layout:auto!important}',
  '.events .head{display:none!important}',
  '.events td{display:block!important;width:auto!important;border:0!important;padding:0!important}',
  '.events tr{display:block!important;padding:8px 0!important}',
  '.name{width:92px!important}',
  '}',
].join('');

export const body: CSSProperties = {
  fontFamily: font,
  fontSize: '16px',
  lineHeight: '24px',
  color: light.text,
};
export const quiet: CSSProperties = { fontSize: '14px', lineHeight: '20px', color: light.quiet };
export const wrap: CSSProperties = { overflowWrap: 'anywhere', wordBreak: 'break-word' };
export const cell: CSSProperties = {
  ...wrap,
  padding: '6px 0',
  textAlign: 'left',
  verticalAlign: 'top',
  fontWeight: 'normal',
};
export const ruled: CSSProperties = { borderBottom: `1px solid ${light.line}` };
