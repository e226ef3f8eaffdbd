/** The look of the simulators' pages: a well-set table, light and dark, no script. */
export const pageStyle = `
:root { color-scheme: light dark; --text: #1d2330; --dim: #626b7a; --line: #dfe3e8; --paper: #fff; --ground: #f5f6f8; --accent: #1f5fbf; --bad: #b3261e; --good: #1a7f4b }
@media (prefers-color-scheme: dark) {
  :root { --text: #e4e7ec; --dim: #98a1b0; --line: #323a46; --paper: #1b2028; --ground: #14181e; --accent: #84b4ff; --bad: #ff8a80; --good: #6fd3a0 }
}
* { box-sizing: border-box }
body { margin: 0; background: var(--ground); color: var(--text); font: 14px/1.5 system-ui, sans-serif; font-variant-numeric: tabular-nums }
header, main { max-width: 1200px; margin: 0 auto; padding: 16px 24px }
header { display: flex; flex-wrap: wrap; gap: 8px 24px; align-items: baseline }
header strong { font-size: 16px }
nav { display: flex; gap: 16px }
nav [aria-current] { color: var(--text); font-weight: 600; text-decoration: none }
h1 { font-size: 20px; line-height: 1.3; margin: 8px 0 4px; overflow-wrap: anywhere }
h2 { font-size: 14px; margin: 24px 0 8px }
a { color: var(--accent) }
a:focus-visible, summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
.dim { color: var(--dim) } .bad { color: var(--bad) } .good { color: var(--good) }
.counters { display: flex; flex-wrap: wrap; gap: 8px 32px; margin: 0 0 16px; padding: 12px 16px; background: var(--paper); border: 1px solid var(--line); border-radius: 6px }
.counters dt { color: var(--dim) } .counters dd { margin: 0; font-size: 16px; font-weight: 600 }
.wide { overflow-x: auto; background: var(--paper); border: 1px solid var(--line); border-radius: 6px }
table { width: 100%; border-collapse: collapse }
th, td { padding: 7px 12px; text-align: left; vertical-align: top; border-top: 1px solid var(--line); overflow-wrap: anywhere }
tr:first-child > th, tr:first-child > td { border-top: 0 }
thead th { color: var(--dim); font-weight: 500; white-space: nowrap }
.number { text-align: right } .tight { white-space: nowrap }
.text { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0 }
.card { padding: 12px 16px; margin-bottom: 8px; background: var(--paper); border: 1px solid var(--line); border-radius: 6px }
.card h3 { margin: 0 0 4px; font-size: 14px }
.more { display: flex; gap: 16px; margin: 12px 0 }
.empty { padding: 24px 16px; color: var(--dim) }
tbody + tbody > tr:first-child > td { border-top: 2px solid var(--line) }
.mail { display: block; width: 100%; margin-top: 12px; height: 70vh; min-height: 420px; background: #fff; border: 1px solid var(--line); border-radius: 6px }
summary { cursor: pointer; margin: 8px 0 }
@media (max-width: 640px) {
  .stacked thead { display: none }
  .stacked tr, .stacked td { display: block }
  .stacked tr { padding: 8px 0; border-top: 1px solid var(--line) }
  .stacked tbody:first-of-type > tr:first-child { border-top: 0 }
  .stacked td { padding: 0 12px; border: 0 }
}
`;
