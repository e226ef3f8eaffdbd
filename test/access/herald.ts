/** The whole product in this process on a database of its own, and browsers that sign in to it. */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { pino } from 'pino';
import { Agent, request } from 'undici';
import { expect } from 'vitest';
import { createHasher } from '../../src/access/people/passwords.ts';
import { hashToken } from '../../src/access/people/tokens.ts';
import { readConfig } from '../../src/config.ts';
import { freePort } from '../../src/demo/ports.ts';
import { type HeraldOptions, startHerald } from '../../src/main.ts';
import { type FreshDatabase, freshDatabase } from '../freshDatabase.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of many shapes
type Json = any;

export interface Answer {
  status: number;
  body: Json;
  text: string;
  headers: Record<string, string | string[] | undefined>;
}

export interface Sent {
  body?: unknown;
  headers?: Record<string, string>;
  /** Sent as it is, in place of `body`. */
  raw?: string;
}

/** Keeps cookies as a browser does, and sends the origin of the pages. */
export interface Browser {
  cookies: Map<string, string>;
  call(method: string, path: string, sent?: Sent): Promise<Answer>;
  signIn(email: string, password?: string): Promise<Answer>;
}

export const password = 'lamp orbit cactus violin';
export const apiKey = randomBytes(24).toString('hex');

export type TestHerald = Awaited<ReturnType<typeof openHerald>>;

export interface OpenOptions {
  demo?: HeraldOptions['demo'];
  env?: Record<string, string>;
  /** Another instance on the database of this one. */
  beside?: { fresh: FreshDatabase; secretKey: string };
}

/** Cheap hashes for the people that tests make; signing in costs what it costs. */
const hasher = createHasher(1024);

export async function openHerald({ demo, env = {}, beside }: OpenOptions = {}) {
  const fresh = beside?.fresh ?? (await freshDatabase());
  const secretKey = beside?.secretKey ?? randomBytes(32).toString('hex');
  const dir = await mkdtemp(join(tmpdir(), 'herald-access-'));
  const lines: Json[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const config = readConfig({
    DATABASE_URL: fresh.url,
    HERALD_DATA_DIR: dir,
    HERALD_SECRET_KEY: secretKey,
    HERALD_PORT: String(await freePort(0)),
    HERALD_API_KEY: apiKey,
    HERALD_OUTBOUND_ALLOW: '127.0.0.1',
    ...env,
  });
  const herald = await startHerald(config, { role: 'api', log, ...(demo && { demo }) });
  const url = `http://127.0.0.1:${config.port}`;
  const admin = new pg.Client(fresh.adminUrl);
  await admin.connect();
  const agent = new Agent();
  const { rows } = await admin.query('select workspace_id from workspace_index order by created_at limit 1');
  const workspaceId: string = rows[0].workspace_id;

  async function call(method: string, path: string, sent: Sent = {}): Promise<Answer> {
    const { body, raw, headers = {} } = sent;
    const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const answer = await request(url + path, {
      method: method as 'GET',
      dispatcher: agent,
      headers: { ...(payload !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(payload !== undefined && { body: payload }),
    });
    const text = await answer.body.text();
    return { status: answer.statusCode, text, headers: answer.headers, body: readJson(text) };
  }

  function browser(): Browser {
    const cookies = new Map<string, string>();
    const made: Browser = {
      cookies,
      async call(method, path, sent = {}) {
        const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
        const headers = { ...(cookie && { cookie }), origin: config.baseUrl, ...sent.headers };
        const answer = await call(method, path, { ...sent, headers });
        for (const line of [answer.headers['set-cookie'] ?? []].flat()) keep(cookies, line);
        return answer;
      },
      signIn: (email, secret = password) =>
        made.call('POST', '/api/auth/sign-in/email', { body: { email, password: secret } }),
    };
    return made;
  }

  /** Stores a person who belongs to the workspace; answers the id. */
  async function addPerson(email: string, role: string | undefined, where = workspaceId): Promise<string> {
    const id = randomUUID();
    await admin.query('insert into users (id, name, email) values ($1, $2, $3)', [
      id,
      email.split('@')[0],
      email,
    ]);
    await admin.query(
      `insert into accounts (id, user_id, account_id, provider_id, password) values ($1, $2, $2, 'credential', $3)`,
      [randomUUID(), id, await hasher.hash(password)],
    );
    if (role) {
      await admin.query('insert into memberships (user_id, workspace_id, role) values ($1, $2, $3)', [
        id,
        where,
        role,
      ]);
    }
    return id;
  }

  return {
    url,
    config,
    fresh,
    secretKey,
    workspaceId,
    lines,
    firstLink: herald.firstLink,
    admin,
    call,
    browser,
    addPerson,
    /** Signed in, with the role; a new person each time. */
    async signedIn(role: string): Promise<Browser & { userId: string; email: string }> {
      const email = `${role}-${randomUUID().slice(0, 8)}@msp.example`;
      const userId = await addPerson(email, role);
      const made = browser();
      const answer = await made.signIn(email);
      if (answer.status !== 200) throw new Error(`sign-in: ${answer.status} ${answer.text}`);
      return { ...made, userId, email };
    },
    /** Asks for changes while another transaction holds rows; lets them go when all that was asked waits for something. */
    async whileHeld(rows: string, values: unknown[], ask: () => Promise<Answer>[]): Promise<Answer[]> {
      await admin.query('begin');
      await admin.query(`${rows} for update`, values);
      let answered = 0;
      const asked = ask().map(async (one) => {
        const answer = await one;
        answered += 1;
        return answer;
      });
      const underWay = async () => {
        const { rows: waiting } = await admin.query(
          `select count(distinct pid)::int as n from pg_locks l join pg_stat_activity a using (pid)
            where not l.granted and a.datname = current_database()`,
        );
        return waiting[0].n + answered;
      };
      await expect.poll(underWay, { timeout: 5_000 }).toBe(asked.length);
      await admin.query('commit');
      return Promise.all(asked);
    },
    /** Whether people must show a second factor; known everywhere after the gate has forgotten. */
    demandSecondFactor: (isDemanded: boolean) =>
      admin.query('update workspaces set second_factor = $1', [isDemanded]),
    invitationHash: hashToken,
    async close() {
      await herald.close();
      await agent.destroy();
      await admin.end();
      await rm(dir, { recursive: true, force: true });
      if (!beside) await fresh.drop();
    },
  };
}

/** Two instances on one database, which demand no second factor. */
export async function openTwo(options: OpenOptions = {}) {
  const herald = await openHerald(options);
  const other = await openHerald({ ...options, beside: herald });
  await herald.demandSecondFactor(false);
  return {
    herald,
    other,
    async close() {
      await other.close();
      await herald.close();
    },
  };
}

function keep(cookies: Map<string, string>, line: string): void {
  const [pair = '', ...attributes] = line.split(';');
  const at = pair.indexOf('=');
  const isOver = attributes.some((one) => /^\s*max-age=0$/i.test(one));
  if (isOver) cookies.delete(pair.slice(0, at));
  else cookies.set(pair.slice(0, at), pair.slice(at + 1));
}

function readJson(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
