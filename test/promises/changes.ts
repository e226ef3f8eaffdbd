/** How to change something by each route of the API that changes something, once and well. */
import { expect } from 'vitest';
import type { Product } from './product.ts';

/** One good call. */
export interface Change {
  /** With the ids filled in. */
  path: string;
  body?: unknown;
  /** Of its entry: members of what was and what is. */
  before?: object;
  after?: object;
  /** Texts that must not be in its entry. */
  secrets?: readonly string[];
}

const provider = {
  name: 'Directory',
  issuer: 'https://id.msp.example',
  clientId: 'herald',
  clientSecret: 'the secret of the provider',
};

const mailServer = {
  host: 'smtp.msp.example',
  port: 587,
  security: 'starttls',
  user: 'herald',
  password: 'the secret of the mail server',
};
/** Nobody listens there. */
const deadServer = { host: '127.0.0.1', port: 1, security: 'none' };

let recipients = 0;

/** The path of one that was not there before. */
async function newRecipient(api: Product['api'], list: string): Promise<string> {
  recipients += 1;
  const { id } = await api<{ id: string }>('POST', list, { address: `recipient-${recipients}@msp.example` });
  return `${list}/${id}`;
}

/** Prepares what is to be changed, and answers the call. By method and path, as the description of the API names them. */
export const changes: Record<string, (product: Product) => Promise<Change>> = {
  'PATCH /api/v1/workspaces/current': async () => ({
    path: '/workspaces/current',
    body: { name: 'Renamed' },
    after: { name: 'Renamed' },
  }),
  'PUT /api/v1/workspaces/current': async () => ({
    path: '/workspaces/current',
    body: { wayOutMinutes: 25, newOrganizations: { email: false } },
    before: { wayOutMinutes: 10 },
    after: { wayOutMinutes: 25, newOrganizations: { email: false } },
  }),
  'POST /api/v1/api-keys': async () => ({
    path: '/api-keys',
    body: { name: 'Scanner', scopes: ['intake'], source: 'edr' },
    after: { name: 'Scanner', scopes: ['intake'], source: 'edr' },
  }),
  'DELETE /api/v1/api-keys/{id}': async ({ api }) => {
    const { id, key } = await api<{ id: string; key: string }>('POST', '/api-keys', {
      name: 'Old',
      scopes: ['read'],
    });
    return { path: `/api-keys/${id}`, before: { name: 'Old', scopes: ['read'] }, secrets: [key] };
  },
  'POST /api/v1/organizations': async () => ({
    path: '/organizations',
    body: { name: 'Northwind', externalRefs: [{ kind: 'id', value: 'new-1' }] },
    after: { name: 'Northwind', delivery: { enabled: true }, externalRefs: [{ kind: 'id', value: 'new-1' }] },
  }),
  'POST /api/v1/organizations/import': async () => ({
    path: '/organizations/import',
    body: { csv: 'name\nImported', apply: true },
    after: { name: 'Imported' },
  }),
  'PATCH /api/v1/organizations/{id}': async ({ organization }) => ({
    path: `/organizations/${await organization('Contoso')}`,
    body: { delivery: { tickets: false } },
    before: { delivery: { tickets: true } },
    after: { delivery: { tickets: false } },
  }),
  'DELETE /api/v1/organizations/{id}': async ({ organization }) => ({
    path: `/organizations/${await organization('Fabrikam')}`,
    before: { name: 'Fabrikam' },
  }),
  'POST /api/v1/organizations/{id}/assign': async ({ api, alert, organization }) => {
    await alert('evt-unassigned', 'stranger-1');
    const { items } = await api<{ items: { reference: string; value: string }[] }>(
      'GET',
      '/organizations/unassigned',
    );
    const { reference } = items.find(({ value }) => value === 'stranger-1') ?? { reference: '' };
    return {
      path: `/organizations/${await organization('Strangers')}/assign`,
      body: { reference },
      before: { externalRefs: [] },
      after: { externalRefs: [{ kind: 'id', value: 'stranger-1' }] },
    };
  },
  'PUT /api/v1/email/settings': async () => ({
    path: '/email/settings',
    body: { servers: [mailServer], fromAddress: 'herald@msp.example' },
    after: { servers: [expect.stringContaining('password replaced')] },
    secrets: [mailServer.password],
  }),
  'POST /api/v1/email/verify': async ({ api }) => {
    await api('PUT', '/email/settings', { servers: [deadServer], fromAddress: 'herald@msp.example' });
    return { path: '/email/verify', body: {}, after: { 'Check of 127.0.0.1:1': expect.any(String) } };
  },
  'POST /api/v1/email/test': async ({ api }) => {
    await api('PUT', '/email/settings', { servers: [deadServer], fromAddress: 'herald@msp.example' });
    return {
      path: '/email/test',
      body: { address: 'me@msp.example', as: 'global' },
      after: { address: 'me@msp.example', format: 'global' },
    };
  },
  'POST /api/v1/email/recipients': async () => ({
    path: '/email/recipients',
    body: { address: 'noc@msp.example', severities: ['critical'], note: 'On call' },
    after: { list: 'global', address: 'noc@msp.example', severities: ['critical'], note: 'On call' },
  }),
  'PATCH /api/v1/email/recipients/{id}': async ({ api }) => ({
    path: await newRecipient(api, '/email/recipients'),
    body: { owner: 'Ana' },
    before: { owner: '' },
    after: { owner: 'Ana' },
  }),
  'DELETE /api/v1/email/recipients/{id}': async ({ api }) => ({
    path: await newRecipient(api, '/email/recipients'),
    before: { list: 'global' },
  }),
  'POST /api/v1/email/recipients/{id}/allow': async ({ api, admin }) => {
    const path = await newRecipient(api, '/email/recipients');
    await admin.query(
      `insert into mailboxes (workspace_id, id, address, stopped_at, refusals)
       select workspace_id, nextval('group_ids'), lower(address), now(), 5 from recipients where id = $1`,
      [path.split('/').at(-1)],
    );
    return { path: `${path}/allow`, body: {}, before: { stopped: true }, after: { stopped: false } };
  },
  'POST /api/v1/organizations/{id}/recipients': async ({ organization }) => ({
    path: `/organizations/${await organization('Mailed')}/recipients`,
    body: { address: 'it@northwind.example' },
    after: { list: 'Mailed', address: 'it@northwind.example' },
  }),
  'PATCH /api/v1/organizations/{id}/recipients/{recipientId}': async ({ api, organization }) => ({
    path: await newRecipient(api, `/organizations/${await organization('Mailed')}/recipients`),
    body: { reviewOn: '2027-01-31' },
    after: { reviewOn: '2027-01-31' },
  }),
  'DELETE /api/v1/organizations/{id}/recipients/{recipientId}': async ({ api, organization }) => ({
    path: await newRecipient(api, `/organizations/${await organization('Mailed')}/recipients`),
    before: { list: 'Mailed' },
  }),
  'POST /api/v1/organizations/{id}/recipients/{recipientId}/allow': async ({ api, organization }) => ({
    path: `${await newRecipient(api, `/organizations/${await organization('Mailed')}/recipients`)}/allow`,
    body: {},
  }),
  'POST /api/v1/recipients/import': async () => ({
    path: '/recipients/import',
    body: { csv: 'address,note\nimported@msp.example,By table', apply: true },
    after: { address: 'imported@msp.example', note: 'By table' },
  }),
  'POST /api/v1/psa/connections': async () => ({
    path: '/psa/connections',
    body: { kind: 'autotask', name: 'Begun' },
    after: { name: 'Begun', status: 'draft' },
  }),
  'PATCH /api/v1/psa/connections/{id}': async ({ connection }) => ({
    path: `/psa/connections/${await connection('draft', 'Before')}`,
    body: { name: 'After', budgetShare: 0.25 },
    before: { name: 'Before' },
    after: { name: 'After', budgetShare: 0.25 },
  }),
  'DELETE /api/v1/psa/connections/{id}': async ({ connection }) => ({
    path: `/psa/connections/${await connection('connected', 'Removed')}`,
    before: { name: 'Removed', steps: { credentials: { secret: 'set' } } },
  }),
  'PUT /api/v1/psa/connections/{id}/steps/credentials': async ({ connection, credentials }) => ({
    path: `/psa/connections/${await connection('connected')}/steps/credentials`,
    body: credentials,
    before: { steps: { credentials: { secret: 'set' } } },
    after: { steps: { credentials: { secret: 'replaced' } } },
    secrets: [credentials.secret],
  }),
  'PUT /api/v1/psa/connections/{id}/steps/accounts': async ({ connection, account }) => ({
    path: `/psa/connections/${await connection('connected')}/steps/accounts`,
    body: { catchAllAccountId: account },
    after: { steps: { accounts: { catchAllAccountId: account } } },
  }),
  'PUT /api/v1/psa/connections/{id}/steps/tickets': async ({ connection, tickets }) => ({
    path: `/psa/connections/${await connection('complete')}/steps/tickets`,
    body: { ...tickets, noteTitle: 'Another title' },
    before: { steps: { tickets: { noteTitle: tickets.noteTitle } } },
    after: { steps: { tickets: { noteTitle: 'Another title' } } },
  }),
  'PUT /api/v1/psa/connections/{id}/steps/contracts': async ({ connection }) => ({
    path: `/psa/connections/${await connection('connected')}/steps/contracts`,
    body: {},
    after: { steps: { contracts: {} } },
  }),
  'PUT /api/v1/psa/connections/{id}/mappings': async ({ connection, organization, account }) => ({
    path: `/psa/connections/${await connection('connected')}/mappings`,
    body: { mappings: [{ organizationId: await organization('Mapped'), accountId: account }] },
    before: { mappedOrganizations: 0 },
    after: { mappedOrganizations: 1, 'Mapping of Mapped': expect.any(String) },
  }),
  'PATCH /api/v1/psa/connections/{id}/accounts/ignored': async ({ connection, account }) => ({
    path: `/psa/connections/${await connection('connected')}/accounts/ignored`,
    body: { add: [account] },
    before: { ignoredAccounts: [] },
    after: { ignoredAccounts: [account] },
  }),
  'POST /api/v1/psa/connections/{id}/verify': async ({ connection }) => ({
    path: `/psa/connections/${await connection('connected')}/verify`,
    body: {},
  }),
  'POST /api/v1/psa/connections/{id}/refresh': async ({ connection }) => ({
    path: `/psa/connections/${await connection('connected')}/refresh`,
    body: {},
  }),
  'POST /api/v1/psa/connections/{id}/finish': async ({ connection }) => ({
    path: `/psa/connections/${await connection('complete')}/finish`,
    body: { confirmUnmapped: true },
    before: { status: 'draft' },
    after: { status: 'active' },
  }),
  'POST /api/v1/psa/connections/{id}/pause': async ({ connection }) => ({
    path: `/psa/connections/${await connection('active')}/pause`,
    body: { reason: 'R2' },
    before: { status: 'active' },
    after: { status: 'paused', pauseReason: 'R2' },
  }),
  'POST /api/v1/psa/connections/{id}/resume': async ({ connection }) => ({
    path: `/psa/connections/${await connection('paused')}/resume`,
    body: { held: 'deliver' },
    before: { status: 'paused' },
    after: { status: 'active', heldDeliveries: 'deliver' },
  }),
  'POST /api/v1/psa/connections/{id}/test-ticket': async ({ connection, account }) => ({
    path: `/psa/connections/${await connection('active')}/test-ticket`,
    body: { accountId: account },
    after: { account },
  }),
  'POST /api/v1/deliveries/retry': async ({ failedCause }) => ({
    path: '/deliveries/retry',
    body: { causeId: await failedCause() },
    before: { state: 'failed' },
    after: { state: 'pending' },
  }),
  'POST /api/v1/deliveries/discard': async ({ failedCause }) => ({
    path: '/deliveries/discard',
    body: { causeId: await failedCause(), reason: 'R2' },
    before: { state: 'failed' },
    after: { state: 'skipped' },
  }),
  'POST /api/v1/invitations': async () => ({
    path: '/invitations',
    body: { email: 'new@msp.example', role: 'viewer' },
    after: { role: 'viewer' },
  }),
  'DELETE /api/v1/invitations/{id}': async ({ api }) => {
    const wanted = { email: 'gone@msp.example', role: 'operator' };
    const { id, link } = await api<{ id: string; link: string }>('POST', '/invitations', wanted);
    return { path: `/invitations/${id}`, before: { role: 'operator' }, secrets: [link] };
  },
  'PATCH /api/v1/users/{id}': async ({ person }) => ({
    path: `/users/${await person('viewer')}`,
    body: { role: 'operator' },
    before: { role: 'viewer' },
    after: { role: 'operator' },
  }),
  'DELETE /api/v1/users/{id}': async ({ person }) => ({
    path: `/users/${await person('operator')}`,
    before: { role: 'operator' },
  }),
  'POST /api/v1/single-sign-on': async () => ({
    path: '/single-sign-on',
    body: provider,
    after: { name: provider.name, issuer: provider.issuer },
    secrets: [provider.clientSecret],
  }),
  'PATCH /api/v1/single-sign-on/{id}': async ({ api }) => ({
    path: `/single-sign-on/${(await api<{ id: string }>('POST', '/single-sign-on', provider)).id}`,
    body: { name: 'Renamed', clientSecret: 'another secret of the provider' },
    before: { name: provider.name },
    after: { name: 'Renamed' },
    secrets: ['another secret of the provider', provider.clientSecret],
  }),
  'DELETE /api/v1/single-sign-on/{id}': async ({ api }) => ({
    path: `/single-sign-on/${(await api<{ id: string }>('POST', '/single-sign-on', provider)).id}`,
    before: { name: provider.name },
    secrets: [provider.clientSecret],
  }),
  'POST /api/v1/deliveries/{id}/retry': async ({ failedDelivery }) => ({
    path: `/deliveries/${await failedDelivery()}/retry`,
    body: {},
    before: { state: 'failed' },
    after: { state: 'pending' },
  }),
  'POST /api/v1/deliveries/{id}/discard': async ({ failedDelivery }) => ({
    path: `/deliveries/${await failedDelivery()}/discard`,
    body: { reason: 'R2' },
    before: { state: 'failed' },
    after: { state: 'skipped' },
  }),
};
