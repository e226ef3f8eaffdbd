import type { Answer } from '../../common/answers.ts';
import { html } from '../../common/html.ts';
import type { Tenant } from '../tenant.ts';
import { layout } from './layout.ts';

/** What a connection signs in with. The vendor shows a secret once; nothing here is worth hiding. */
export function apiUserPage(tenant: Tenant, url: URL): Answer {
  const { username, secret, integrationCode } = tenant.settings.credentials;
  const content = html`<h1>API user</h1>
<p class="dim">Enter these three where a connection to this simulator asks for them.</p>
<div class="wide"><table>
<tr><th>API Username</th><td><code>${username}</code></td></tr>
<tr><th>API Password</th><td><code>${secret}</code></td></tr>
<tr><th>API Tracking Identifier</th><td><code>${integrationCode}</code></td></tr>
</table></div>`;
  return layout(tenant, url, 'API user', content);
}
