/**
 * Sends alerts one per request over many connections, each waiting for its answer, and reports how many were
 * acknowledged in how long. Raw sockets, because a load generator on the same two cores must cost little.
 * `node bench/load.ts '{"url":…,"key":…,"count":…,"connections":…,"organizations":…,"users":…}'`
 */
import { connect } from 'node:net';

interface Plan {
  url: string;
  key: string;
  count: number;
  connections: number;
  /** Alerts are spread over so many organizations. */
  organizations: number;
  /** 0 = every alert is a group of its own; otherwise so many users per organization. */
  users: number;
  /** Sets the external ids of this run apart from those of others. */
  run: string;
}

const plan = JSON.parse(process.argv[2] ?? '{}') as Plan;
const { hostname, port, host } = new URL(plan.url);
let sent = 0;
let acknowledged = 0;
let refused = 0;
const latencies: number[] = [];

function body(n: number): string {
  const organization = n % plan.organizations;
  const user = plan.users === 0 ? n : Math.floor(n / plan.organizations) % plan.users;
  return JSON.stringify({
    source: 'bench',
    externalId: `${plan.run}-${n}`,
    organization: { externalId: `org-${organization}` },
    eventType: 'iam.outside_location',
    title: 'Sign-in from outside the approved location',
    description:
      'A sign-in from a country that is not on the list of approved locations was seen and not blocked.',
    severity: n % 20 === 0 ? 'critical' : 'medium',
    status: 'new',
    occurredAt: '2026-11-20T02:14:05Z',
    user: { email: `user${user}@org${organization}.example`, name: `User ${user}` },
    device: { name: `host-${user}`, ip: '198.51.100.7' },
    ip: '203.0.113.9',
    location: { country: 'PT', city: 'Porto' },
    rule: { kind: 'respond', id: 'rr-5', name: 'Odd sign-in' },
    url: `https://edr.example/alerts/${n}`,
  });
}

function request(n: number): string {
  const text = body(n);
  return (
    `POST /api/v1/alerts HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${plan.key}\r\n` +
    `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`
  );
}

function run(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let answer = '';
    let startedAt = 0;
    const next = () => {
      if (sent >= plan.count) {
        socket.end();
        resolve();
        return;
      }
      startedAt = performance.now();
      socket.write(request(sent++));
    };
    socket.setNoDelay(true);
    socket.on('connect', next);
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      const head = answer.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(answer)?.[1] ?? 0);
      if (answer.length < head + 4 + length) return;
      if (answer.startsWith('HTTP/1.1 202')) acknowledged += 1;
      else {
        refused += 1;
        if (refused === 1) console.error(answer);
      }
      latencies.push(performance.now() - startedAt);
      answer = '';
      next();
    });
  });
}

const startedAt = performance.now();
await Promise.all(Array.from({ length: plan.connections }, run));
const seconds = (performance.now() - startedAt) / 1000;
latencies.sort((a, b) => a - b);
const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? 0;
console.log(JSON.stringify({ acknowledged, refused, seconds, p50: at(0.5), p99: at(0.99) }));
