/**
 * The whole product for a browser test: a real server in this process, a database of its own, the Autotask simulator,
 * and Chromium with pages that are signed in.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContextOptions, Page } from '@playwright/test';
import { pino } from 'pino';
import { type SimulatorOptions, startAutotaskSimulator } from '../../../simulators/autotask/index.ts';
import { readConfig } from '../../../src/config.ts';
import { freePort } from '../../../src/demo/ports.ts';
import { startHerald } from '../../../src/main.ts';
import { type FreshDatabase, freshDatabase } from '../../freshDatabase.ts';
import type { Api } from '../../harness/connection.ts';
import { apiOf } from '../../harness/setup.ts';
import { openChromium } from './chromium.ts';
import { createPeople, type Role } from './people.ts';

export type App = Awaited<ReturnType<typeof openApp>>;

export interface AppOptions {
  simulator?: SimulatorOptions;
  /** Outside of a test run: an empty, migrated database. */
  database?: FreshDatabase;
  /** Whether people must show a second factor; not, unless a test is about it. */
  isSecondFactorDemanded?: boolean;
  /** The settle window, by which the waits of mail are scaled too. */
  settleSeconds?: number;
  /** Opens Herald by a name instead of an address: browsers bind passkeys to names. */
  hasName?: boolean;
}

const apiKey = 'browser-test-key-0123456789-0123456789-0123456789';
const firstPort = 18_080;

/** Starts everything; `close` ends it. */
export async function openApp(options: AppOptions = {}) {
  const { simulator: simulated, database: given, isSecondFactorDemanded = false, hasName = false } = options;
  const undo: (() => Promise<unknown>)[] = [];
  const database = given ?? (await freshDatabase());
  undo.push(() => database.drop());
  const simulator = await startAutotaskSimulator({ companies: 20, ...simulated });
  undo.push(() => simulator.close());
  const dataDir = await mkdtemp(join(tmpdir(), 'herald-browser-'));
  undo.push(() => rm(dataDir, { recursive: true, force: true }));
  const port = await freePort(firstPort + (process.pid % 1_000));
  const config = readConfig({
    HERALD_DATA_DIR: dataDir,
    HERALD_PORT: String(port),
    HERALD_BASE_URL: hasName ? `http://localhost:${port}` : '',
    DATABASE_URL: database.url,
    HERALD_SECRET_KEY: 'browser-test-master-key-0123456789-0123456789',
    HERALD_API_KEY: apiKey,
    HERALD_OUTBOUND_ALLOW: '127.0.0.1',
    HERALD_PSA_URLS: `autotask=${simulator.url}/atservicesrest/v1.0/zoneInformation`,
    HERALD_SETTLE_SECONDS: String(options.settleSeconds ?? 8),
  });
  const log = pino({ level: process.env.TEST_LOG ?? 'silent' });
  const herald = await startHerald(config, { log });
  undo.push(() => herald.close());
  const browser = await openChromium();
  undo.push(() => browser.close());
  const url = config.baseUrl;
  const api: Api = apiOf(url, apiKey);
  await api('PATCH', '/workspaces/current', { secondFactorDemanded: isSecondFactorDemanded });
  const cookiesOf = createPeople(browser, url, api);

  return {
    url,
    /** The REST API with an administrator's key, to prepare what a test looks at. */
    api,
    simulator,
    database,
    browser,
    /** Stands on the terminal when Herald starts with nobody who could sign in. */
    firstLink: herald.firstLink,
    /** A page of somebody who is signed in; an administrator, unless another role is asked for. */
    async page({ role = 'admin', ...options }: PageOptions = {}): Promise<Page> {
      const viewport = { width: 1280, height: 800 };
      // Nothing fades in or out: what is looked at stands still.
      const reducedMotion = 'reduce';
      const context = await browser.newContext({ baseURL: url, viewport, reducedMotion, ...options });
      if (role !== 'nobody') await context.addCookies(await cookiesOf(role));
      const page = await context.newPage();
      page.on('pageerror', (error) => console.error('in the page:', error));
      return page;
    },
    async close() {
      for (const step of undo.reverse()) await step();
    },
  };
}

export interface PageOptions extends BrowserContextOptions {
  /** Of the person who looks; `nobody` is not signed in. */
  role?: Role | 'nobody';
}
