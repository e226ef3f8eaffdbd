/**
 * Who may change which member of a body, and who sees which member of an answer (ASVS 8.2.3): fields.store.test.ts
 * compares this with the description of the API, so that a new member fails until it has its word here. Read each as the
 * answer to "may such a person set this?" and "may such a person see this?". Roles follow from scopes: viewers read,
 * operators operate too, administrators do everything; intake is for senders of alerts, whose bodies each format reads
 * by itself. `*` stands for names that are not ours: the settings of a PSA, the alert as it came.
 */
import type { Audience } from './fieldTable.ts';

/** By scope and route: the members of its body. Whoever lacks the scope may change none of them. */
export const changeable = {
  /** The routes find out by themselves who asks: people change what is their own. */
  anybody: {
    'POST /api/auth/sign-in/email': 'email password rememberMe',
    'POST /api/auth/sign-out': '',
    'POST /api/auth/two-factor/verify-totp': 'code',
    'POST /api/auth/two-factor/verify-backup-code': 'code',
    'POST /api/auth/two-factor/enable': 'password',
    'POST /api/auth/two-factor/disable': 'password',
    'POST /api/auth/two-factor/generate-backup-codes': 'password',
    'POST /api/auth/passkey/verify-authentication': 'response response.*',
    'POST /api/auth/passkey/verify-registration': 'response response.* name',
    'POST /api/auth/passkey/delete-passkey': 'id',
    'POST /api/session/confirm': 'password code',
    'PATCH /api/session/profile': 'name',
    'PUT /api/session/password': 'currentPassword newPassword',
    'POST /api/invitations/{token}': 'name password',
    'POST /api/first-administrator/{token}': 'name email password',
  },
  /** To try something out or to compare: nothing is stored. */
  read: {
    'POST /api/v1/psa/connections/{id}/preview':
      'alert alert.* alertId steps steps.accounts steps.accounts.* steps.tickets steps.tickets.* recent',
    'POST /api/v1/audit/verify': 'head head.n head.hash head.at head.signature',
    'POST /api/v1/email/preview':
      'alertId scope globalSubject organizationSubject respondEventDetail iocEventDetail organizationId differenceOf',
  },
  operate: {
    'POST /api/v1/email/recipients/{id}/allow': '',
    'POST /api/v1/email/test': 'address as organizationId',
    'POST /api/v1/email/verify': '',
    'POST /api/v1/organizations/{id}/recipients/{recipientId}/allow': '',
    'POST /api/v1/deliveries/retry': 'causeId reason',
    'POST /api/v1/deliveries/discard': 'causeId reason',
    'POST /api/v1/deliveries/{id}/retry': 'reason',
    'POST /api/v1/deliveries/{id}/discard': 'reason',
    'POST /api/v1/psa/connections/{id}/verify': '',
    'POST /api/v1/psa/connections/{id}/refresh': '',
    'POST /api/v1/psa/connections/{id}/pause': 'reason',
    'POST /api/v1/psa/connections/{id}/resume': 'held',
    'POST /api/v1/psa/connections/{id}/test-ticket': 'accountId contactId',
  },
  admin: {
    'POST /api/v1/organizations':
      'name externalRefs externalRefs.kind externalRefs.value externalRefs.source delivery delivery.enabled delivery.tickets delivery.email connectionId',
    'PATCH /api/v1/organizations/{id}':
      'name externalRefs externalRefs.kind externalRefs.value externalRefs.source delivery delivery.enabled delivery.tickets delivery.email connectionId',
    'POST /api/v1/organizations/{id}/assign': 'reference',
    'POST /api/v1/organizations/import': 'csv apply',
    'PUT /api/v1/email/settings':
      'globalSubject organizationSubject respondEventDetail iocEventDetail servers servers.host servers.port servers.security servers.user servers.password fromAddress replyTo ratePerMinute',
    'POST /api/v1/email/recipients': 'address severities note owner reviewOn',
    'PATCH /api/v1/email/recipients/{id}': 'address severities note owner reviewOn',
    'POST /api/v1/organizations/{id}/recipients': 'address severities note owner reviewOn',
    'PATCH /api/v1/organizations/{id}/recipients/{recipientId}': 'address severities note owner reviewOn',
    'POST /api/v1/recipients/import': 'csv apply',
    'POST /api/v1/psa/connections': 'kind name',
    'PATCH /api/v1/psa/connections/{id}': 'name isDefault budgetShare',
    'PUT /api/v1/psa/connections/{id}/steps/credentials': '*',
    'PUT /api/v1/psa/connections/{id}/steps/accounts': '*',
    'PUT /api/v1/psa/connections/{id}/steps/tickets': '*',
    'PUT /api/v1/psa/connections/{id}/steps/contracts': '*',
    'PATCH /api/v1/psa/connections/{id}/accounts/ignored': 'add remove',
    'PUT /api/v1/psa/connections/{id}/mappings':
      'mappings mappings.organizationId mappings.accountId mappings.contactId mappings.contractId mappings.serviceId mappings.addService mappings.unitCost mappings.unitPrice mappings.note mappings.reviewOn ignoredAccountIds',
    'POST /api/v1/psa/connections/{id}/finish': 'confirmUnmapped',
    'PATCH /api/v1/workspaces/current':
      'name timeZone newOrganizations newOrganizations.enabled newOrganizations.tickets newOrganizations.email wayOutMinutes retentionDays secondFactorDemanded',
    'PUT /api/v1/workspaces/current':
      'name timeZone newOrganizations newOrganizations.enabled newOrganizations.tickets newOrganizations.email wayOutMinutes retentionDays secondFactorDemanded',
    'POST /api/v1/api-keys': 'name scopes source',
    'PATCH /api/v1/users/{id}': 'role',
    'POST /api/v1/invitations': 'email role',
    'POST /api/v1/single-sign-on': 'name issuer clientId clientSecret newcomerRole domains',
    'PATCH /api/v1/single-sign-on/{id}': 'name issuer clientId clientSecret newcomerRole domains',
  },
} as const satisfies Partial<Record<Audience, Record<string, string>>>;

/** By audience and thing: what is shown to it beyond what the audiences before it see. */
export const shown = {
  /** Signed in or not: about oneself, and what a sign-in page needs. */
  anybody: {
    healthz: 'status',
    readyz: 'status',
    session: 'options signedIn',
    signedIn: 'role secondFactor user workspace workspaces',
    user: 'email id name',
    workspace: 'id name',
    workspaces: 'id name role',
    secondFactor: 'isDemanded isSet',
    options: 'demo isFirstStart passkeys singleSignOn',
    demo: 'mailUrl psaUrl',
    singleSignOn: 'id name',
    profile: 'hasApp hasPassword',
    devices: 'address browser id isThis signedInAt usedAt',
    invitations: 'email expiresAt hasAccount role workspace',
  },
  read: {
    alerts:
      'alert deliveries device eventType externalId firstReceivedAt flags id nextCursor occurredAt organization originalSeverity receivedAt revision revisions severity source status tickets title trace unassignedReference user',
    organization: 'id name',
    deliveries:
      'address alertId alertTitle attempts brief connectionId connectionName id kind messageId next nextCursor organizationId reason revision settledAt state surplus ticket trace tries wayOut why words',
    brief: 'after before',
    next: 'at complete errors step words',
    ticket: 'accountId connectionId description id kind link number title words',
    wayOut: 'decidedAt words',
    attempts: 'adopted evidence finishedAt kind lookProblem looks n sent startedAt state',
    sent: 'text title',
    surplus: 'id link',
    alert: '*',
    tickets: 'checkedAt closedAt deliveryIds id link number state successor',
    successor: 'id link number state',
    revisions: 'receivedAt revision severity status',
    dashboard: 'accounted connections from latency mail needsPerson series',
    accounted: 'alerts unaccounted',
    needsPerson: 'attention failed held unassigned uncertain',
    attention: 'connectionId name reason',
    series: 'at delivered failed held skipped waiting',
    latency: 'count medianMs p95Ms',
    connections:
      'accountId budget budgetShare counts createdAt delivered deliveries directory grouping health id isDefault issueTypes kind label lookFirst name next nextCursor notices oldestWaitingSince pauseReason priority recent status steps ticket waiting waits words',
    health: 'reason since state',
    budget: 'allowed isSpread others quota share toldAt used windowMs',
    causes: 'connectionId connectionName count exampleDeliveryId id oldest reason state words',
    organizations:
      'accounts alerts7d connectionId createdAt delivery externalRefs hint id lastDeliveredAt name nextCursor ticketTarget',
    externalRefs: 'kind source value',
    delivery: 'email enabled tickets',
    ticketTarget: 'accountId accountName connectionId connectionName isCatchAll',
    accounts:
      'accountId accountName connectionId connectionName facets filters id isActive isCatchAll isIgnored name nextCursor number organizationIds webAddress',
    unassigned: 'alerts kind lastSeenAt nextCursor reference source value',
    kinds: 'accountFilters fields kind label nextCursor setup',
    fields: '* key kind label step',
    accountFilters: 'key label',
    setup: 'prerequisites steps warnings',
    notices: 'lastAt since text times',
    counts: 'due failed held soon waiting',
    waiting: 'for since until words',
    waits: 'for since until words',
    lookFirst: 'backupAt found restoredAt until waiting',
    found: 'alerts notes tickets',
    directory: 'failure loaded state total waiting',
    steps: '*',
    'steps.*': '*',
    errors: 'code field message mistake',
    mistake: 'at what',
    mappings:
      'accountId accountIsActive accountName addService contactId contractId contracts ignoredAccountIds mappings note organizationId organizationName reviewOn serviceId unitCost unitPrice unmappedOrganizations',
    filters: '*',
    facets: 'filter label values',
    values: 'count value',
    contacts: 'accountId emails id isActive isPrimary name nextCursor',
    choices: 'id isActive isClientVisible isDefault label nextCursor parentId',
    contracts: 'accountId endsOn id isActive name nextCursor number startsOn takesServices',
    services: 'id isActive name nextCursor unitCost unitPrice',
    suggestions: 'accountId accountName match organizationId score',
    grouping: 'alone words',
    recent: 'alertId group grouping receivedAt ticket title',
    workspaces:
      'createdAt newOrganizations nextCursor retentionDays secondFactorDemanded timeZone wayOutMinutes',
    newOrganizations: 'email enabled tickets',
    current: 'createdAt id name newOrganizations retentionDays secondFactorDemanded timeZone wayOutMinutes',
    audit: 'action actor address after at before changes did hash n nextCursor reason target',
    actor: 'id kind name',
    target: 'id kind name',
    changes: 'after before field',
    before: '*',
    after: '*',
    verify: 'brokenAt entries state words',
    issueTypes: 'chosenBy issueType subIssueType',
    chosenBy: 'by match',
    mail: 'delivered health kind oldestWaitingSince recipients stopped waiting words',
    outlook: 'severities',
    severities: 'mail severity ticket',
    recipients:
      'address createdAt failed id isReviewDue nextCursor note organizationId organizationName owner reviewOn revision scope severities state stopped waiting',
    settings:
      'attention attentionSince fromAddress fromInstallation globalSubject iocEventDetail isSetUp organizationSubject ratePerMinute replyTo respondEventDetail sender servers',
    servers: 'hasPassword host port problem security user',
    preview: 'alertId html subject text',
    stopped: 'refusal refusals since',
    reviews:
      'accountId accountName address connectionId connectionName counts isDue kind lastMail nextCursor note organizationId organizationName owner recipientId reviewOn',
    lastMail: 'mails month',
    mails: 'address state triedAt words',
  },
  operate: {
    retry: 'count',
    discard: 'count',
    ticket: 'ref',
    connections: 'alertId checks ok outcome text',
    checks: 'key label ok text',
    verify: 'ok servers',
    servers: 'ok text',
    test: 'alertId deliveryId outcome text',
    organizations:
      'address failed isReviewDue note organizationId organizationName owner reviewOn revision severities state stopped waiting',
  },
  intake: {
    alerts: 'results',
    results: 'error externalId id status',
    error: 'code errors message',
    ocsf: 'results',
    wazuh: 'results',
    graph: 'results',
    huntress: 'results',
    saasalerts: 'results',
    alertmanager: 'results',
  },
  admin: {
    import: 'applied counts lines',
    counts: 'change make refuse',
    lines: 'address message name organization outcome row',
    connections: 'contracts ignoredAccountIds mappings unmappedOrganizations',
    'api-keys': 'createdAt id key name nextCursor prefix scopes source',
    users: 'createdAt email hasSecondFactor id lastSignInAt name nextCursor revision role',
    invitations: 'createdAt id invitedBy isVoid link nextCursor',
    'single-sign-on':
      'clientId createdAt domains id issuer name newcomerRole nextCursor redirectUri revision',
    head: 'at hash n signature',
  },
} as const satisfies Record<Audience, Record<string, string>>;

/** Secrets that an answer shows once, to whoever has just made them. */
export const shownOnce: readonly string[] = ['api-keys.key', 'invitations.link'];

/** Members whose names sound like secrets: whether there is a password, and what proves that the audit is whole. */
export const notSecret: readonly string[] = [
  'profile.hasPassword',
  'servers.hasPassword',
  'audit.hash',
  'head.hash',
  'head.signature',
];

/** Settings that are secrets, by kind of PSA: answers say `set` in their place. */
export const secretSettings: Readonly<Record<string, string>> = { autotask: 'secret integrationCode' };
