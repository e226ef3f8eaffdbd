/**
 * The barest receiver that an Autotask connection can talk to: it answers, counts, and states a budget so large that
 * no limit of a vendor hides our own cost. A process of its own: `node bench/receiver.ts`; prints its address.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

let nextId = 1;
const counts = { tickets: 0, notes: 0, reads: 0, zone: 0 };
/** While set, writes are refused as a PSA that is away would: to leave deliveries waiting. */
let isAway = false;

const picklist = (name: string, values: string[], extra = {}) => ({
  name,
  dataType: 'integer',
  isPickList: true,
  picklistValues: values.map((value, i) => ({
    value,
    label: `${name} ${value}`,
    isDefaultValue: i === 0,
    sortOrder: i,
    parentValue: '',
    isActive: true,
    isSystem: false,
  })),
  picklistParentValueField: '',
  ...extra,
});

const ticketFields = [
  picklist('status', ['1', '5']),
  picklist('priority', ['1', '2', '3', '4']),
  picklist('queueID', ['8']),
  picklist('source', ['8']),
  picklist('ticketType', ['5']),
  picklist('ticketCategory', ['3']),
  picklist('issueType', []),
  picklist('subIssueType', []),
];
const noteFields = [picklist('noteType', ['3']), picklist('publish', ['2'])];

interface Answer {
  status: number;
  body: unknown;
}

const ok = (body: unknown): Answer => ({ status: 200, body });

function send(response: ServerResponse, { status, body }: Answer): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}

function readAll(request: IncomingMessage, then: (text: string) => void): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => then(Buffer.concat(chunks).toString()));
}

const company = { id: 1, companyName: 'Bench', companyType: 1, isActive: true };

function answer(path: string, method: string, body: string): Answer {
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  if (path === '/counts') return ok(counts);
  if (path === '/away' || path === '/back') {
    isAway = path === '/away';
    return ok({});
  }
  if (path.includes('zoneInformation')) {
    counts.zone += 1;
    return ok({
      zoneName: 'Bench',
      url: `${origin}/ATServicesRest/`,
      webUrl: `${origin}/`,
      ci: 1,
    });
  }
  if (method === 'POST' && (path.endsWith('/Tickets') || path.endsWith('/Notes'))) {
    if (isAway) return { status: 429, body: { errors: ['thread threshold of 3 threads has been exceeded'] } };
    counts[path.endsWith('/Notes') ? 'notes' : 'tickets'] += 1;
    return ok({ itemId: nextId++ });
  }
  counts.reads += 1;
  if (path.endsWith('/ThresholdInformation')) {
    const used = { requestThresholdTimeframe: 60, currentTimeframeRequestCount: 0 };
    return ok({ externalRequestThreshold: 1_000_000_000, ...used });
  }
  if (path.endsWith('/fields')) {
    return ok({ fields: path.includes('TicketNotes') ? noteFields : ticketFields });
  }
  if (path.endsWith('/entityInformation')) return ok(rights(path.split('/').at(-2) ?? ''));
  if (path.endsWith('/query/count')) return ok({ queryCount: 1 });
  if (path.endsWith('/Companies/query')) return ok(page([company]));
  if (path.endsWith('/Tickets/query')) return ok(page(states(body)));
  return ok(page([]));
}

const rights = (name: string) => ({
  info: {
    name,
    canCreate: true,
    canQuery: true,
    canUpdate: true,
    userAccessForCreate: 'All',
    userAccessForQuery: 'All',
    userAccessForUpdate: 'All',
  },
});

const page = (items: unknown[]) => ({
  items,
  pageDetails: { count: items.length, requestCount: 500, prevPageUrl: null, nextPageUrl: null },
});

/** Every ticket that is asked for by id is open. */
function states(body: string): unknown[] {
  const ids = [...body.matchAll(/"value":\s*\[([\d,\s]*)\]/g)].flatMap(([, list]) => list?.split(',') ?? []);
  return ids.map((id) => ({ id: Number(id), ticketNumber: `T20260101.${id}`, status: 1, companyID: 1 }));
}

const server = createServer((request, response) => {
  readAll(request, (body) =>
    send(response, answer(request.url?.split('?')[0] ?? '', request.method ?? '', body)),
  );
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  console.log(`receiver on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
process.on('SIGTERM', () => process.exit(0));
