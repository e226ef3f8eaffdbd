import type { Answer } from '../../common/answers.ts';
import { type Html, html } from '../../common/html.ts';
import type { RequestRecord } from '../../common/ledger.ts';
import type { Tenant } from '../tenant.ts';
import { layout, shortTime } from './layout.ts';

const CALLS_SHOWN = 200;

/** The last calls of the API, newest first. */
export function callsPage(tenant: Tenant, url: URL): Answer {
  const calls = tenant.ledger.latestRequests(CALLS_SHOWN);
  const content = html`<h1>Calls</h1>
${calls.length === 0 ? html`<div class="wide empty">No calls yet.</div>` : callTable(calls)}`;
  return layout(tenant, url, 'Calls', content);
}

function callTable(calls: readonly RequestRecord[]): Html {
  return html`<div class="wide"><table>
<thead><tr><th class="number">No.</th><th>Time (UTC)</th><th>Method</th><th>Path</th><th class="number">Status</th><th class="number">ms</th><th class="number">In flight</th><th>Fault</th></tr></thead>
<tbody>
${calls.map(callRow)}
</tbody></table></div>`;
}

function callRow(call: RequestRecord): Html {
  const isGood = call.status !== null && call.status < 400;
  return html`<tr>
<td class="number dim">${call.n}</td>
<td class="tight dim">${shortTime(call.time)}</td>
<td>${call.method}</td>
<td>${call.path}</td>
<td class="number ${isGood ? 'good' : 'bad'}">${call.status ?? 'none'}</td>
<td class="number">${call.ms}</td>
<td class="number">${call.inFlight}</td>
<td>${call.fault}</td>
</tr>`;
}
