import { type Answer, jsonAnswer } from '../common/answers.ts';
import type { Row } from '../common/table.ts';
import { entities } from './entities.ts';
import { usedCalls } from './limits.ts';
import { renderRow } from './render.ts';
import { changeTenant } from './switches.ts';
import type { Tenant } from './tenant.ts';

/** The control API: what a test or a person at a shell sees and switches. Answers JSON; mistakes are 400 with a sentence. */
export function control(tenant: Tenant, method: string, url: URL, body: string): Answer {
  const handler = handlers[`${method} ${url.pathname.slice('/control/'.length).replace(/\/+$/, '')}`];
  if (!handler) return jsonAnswer(404, { error: `there is no ${method} ${url.pathname}` });
  if (body.trim() === '') return handler(tenant, url.searchParams, undefined);
  let input: unknown;
  try {
    input = JSON.parse(body);
  } catch (error) {
    return jsonAnswer(400, { error: `the body is not JSON: ${(error as Error).message}` });
  }
  return handler(tenant, url.searchParams, input);
}

type Handler = (tenant: Tenant, query: URLSearchParams, input: unknown) => Answer;

const handlers: Record<string, Handler> = {
  'GET ledger': showLedger,
  'GET state': (tenant) => jsonAnswer(200, stateOf(tenant)),
  'GET tickets': showTickets,
  'GET faults': (tenant) => jsonAnswer(200, { faults: tenant.faults.list() }),
  'POST faults': addFaults,
  'DELETE faults': (tenant) => {
    tenant.faults.clear();
    return jsonAnswer(200, { faults: [] });
  },
  'POST set': (tenant, _query, input) => {
    const problem = changeTenant(tenant, input);
    return problem ? jsonAnswer(400, { error: problem }) : jsonAnswer(200, stateOf(tenant));
  },
  'POST reset': (tenant) => {
    tenant.reset();
    return jsonAnswer(200, stateOf(tenant));
  },
};

/** `since` is the number of the last entry that the caller has seen, for effects and requests alike. */
function showLedger(tenant: Tenant, query: URLSearchParams): Answer {
  const since = Number(query.get('since') ?? 0);
  const kind = query.get('kind');
  const limit = Number(query.get('limit') ?? Number.MAX_SAFE_INTEGER);
  if (Number.isNaN(since) || Number.isNaN(limit))
    return jsonAnswer(400, { error: 'since and limit are numbers' });
  if (kind !== null && kind !== 'effects' && kind !== 'requests') {
    return jsonAnswer(400, { error: 'kind is effects or requests' });
  }
  const { ledger } = tenant;
  return jsonAnswer(200, {
    ...(kind === 'requests' ? {} : { effects: ledger.effects.slice(since, since + limit) }),
    ...(kind === 'effects' ? {} : { requests: ledger.requestsSince(since).slice(0, limit) }),
    counters: Object.fromEntries(ledger.counters),
    last: { effect: ledger.effects.length, request: ledger.lastRequest },
  });
}

function addFaults(tenant: Tenant, _query: URLSearchParams, input: unknown): Answer {
  const added = [];
  for (const one of Array.isArray(input) ? input : [input]) {
    const rule = tenant.faults.add(one, tenant.samples.seed);
    if (typeof rule === 'string') return jsonAnswer(400, { error: rule });
    added.push(rule);
  }
  return jsonAnswer(200, { faults: added });
}

/** Counts, limits and settings, as one look at the tenant. */
function stateOf(tenant: Tenant): Record<string, unknown> {
  const counts = Object.values(entities).map(({ name }) => [name, tenant.tables[name].size]);
  return {
    records: Object.fromEntries(counts),
    calls: {
      inTheHour: usedCalls(tenant),
      threshold: tenant.settings.threshold,
      total: tenant.ledger.lastRequest,
    },
    inFlight: Object.fromEntries(tenant.inFlight),
    effects: tenant.ledger.effects.length,
    faults: tenant.faults.active,
    wrongSecrets: tenant.wrongSecrets,
    mailsSent: tenant.mailsSent,
    settings: tenant.settings,
  };
}

function showTickets(tenant: Tenant, query: URLSearchParams): Answer {
  const companyId = query.get('companyId');
  const externalId = query.get('externalID') ?? query.get('externalId');
  const limit = Number(query.get('limit') ?? Number.MAX_SAFE_INTEGER);
  const after = Number(query.get('after') ?? Number.NEGATIVE_INFINITY);
  if (Number.isNaN(limit) || Number.isNaN(after))
    return jsonAnswer(400, { error: 'after and limit are numbers' });
  const found: Record<string, unknown>[] = [];
  for (const ticket of ticketsOf(tenant, companyId, externalId)) {
    if (ticket.id <= after) continue;
    if (found.length >= limit) break;
    found.push({ ...renderRow(tenant, entities.Tickets, ticket), notes: notesOf(tenant, ticket.id) });
  }
  return jsonAnswer(200, { tickets: found });
}

/** Unlike the vendor's search, an external id is compared letter by letter here. */
function* ticketsOf(tenant: Tenant, companyId: string | null, externalId: string | null): Generator<Row> {
  const table = tenant.tables.Tickets;
  const ids =
    externalId !== null
      ? table.lookUp('externalID', [externalId])
      : companyId !== null
        ? table.lookUp('companyID', [Number(companyId)])
        : undefined;
  if (!ids) return yield* table.after(Number.NEGATIVE_INFINITY);
  for (const id of ids) {
    const ticket = table.get(id);
    const isExact = externalId === null || ticket?.externalID === externalId;
    const isOfCompany = companyId === null || ticket?.companyID === Number(companyId);
    if (ticket && isExact && isOfCompany) yield ticket;
  }
}

function notesOf(tenant: Tenant, ticketId: number): Record<string, unknown>[] {
  const table = tenant.tables.TicketNotes;
  const ids = table.lookUp('ticketID', [ticketId]) ?? [];
  return ids.flatMap((id) => {
    const note = table.get(id);
    return note ? [renderRow(tenant, entities.TicketNotes, note)] : [];
  });
}
